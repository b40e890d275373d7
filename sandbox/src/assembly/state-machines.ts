import type { Json, StateMachineDefinition } from '../model';
import { type DeployedResource, resourcesOfType } from './deployed-resource';
import { throwAt } from './intrinsics';
import { keyArnOf } from './keys';
import { lazyObject } from './lazy-object';
import type { Stack } from './stack';

/** The Step Functions state machines of the assembly. */
export function stateMachinesOf(stacks: readonly Stack[]): StateMachineDefinition[] {
  return resourcesOfType(stacks, 'AWS::StepFunctions::StateMachine').map((machine) =>
    lazyObject<StateMachineDefinition>({
      stateMachineName: () => machine.attribute('Name'),
      stateMachineArn: () => machine.attribute('Arn'),
      roleArn: () => machine.requiredText('RoleArn'),
      type: () => (machine.text('StateMachineType') === 'EXPRESS' ? 'EXPRESS' : 'STANDARD'),
      definition: () => definitionOf(machine),
      keyArn: () => {
        const { KmsKeyId: key } = (machine.property('EncryptionConfiguration') ?? {}) as Json;
        return key === undefined ? undefined : keyArnOf(String(key), machine, stacks);
      },
    }),
  );
}

function definitionOf(machine: DeployedResource): Json {
  const text = machine.text('DefinitionString') ?? JSON.stringify(machine.property('Definition') ?? null);
  const substitutions = (machine.property('DefinitionSubstitutions') ?? {}) as Json;
  const substituted = text.replace(/\$\{([\w.-]+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(substitutions, name) ? String(substitutions[name]) : placeholder,
  );
  const definition = parseJson(substituted);
  if (typeof definition !== 'object' || definition === null) {
    throwAt(machine, 'its definition is not in the template as a JSON object');
  }
  return definition as Json;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
