import type { Json } from '../../model';
import { validateAsl } from './asl-libraries';

/** Fields of JSONata, of variables and of roles to assume. They are refused because the library ignores them. */
const UNSUPPORTED = ['Arguments', 'Assign', 'Credentials', 'Output'];

/**
 * Validates a definition in the Amazon States Language.
 *
 * @throws Error when the definition is not valid, or uses a feature that the sandbox does not support
 */
export function validateDefinition(name: string, definition: Json): void {
  validateSupported(name, definition);
  const { isValid, errorsText } = validateAsl(copy(definition), { checkPaths: true, checkArn: true });
  if (!isValid) throw new Error(`state machine ${name}: its definition is not valid: ${errorsText('; ')}`);
}

function validateSupported(name: string, value: unknown): void {
  for (const [stateName, state] of statesWithin(value)) {
    if (state.QueryLanguage === 'JSONata') {
      throw new Error(
        `state machine ${name}, "${stateName}": got JSONata, expected JSONPath: the sandbox does not support JSONata`,
      );
    }
    const field = UNSUPPORTED.find((unsupported) => state[unsupported] !== undefined);
    if (field)
      throw new Error(`state machine ${name}, "${stateName}": got ${field}, which the sandbox does not support`);
  }
}

/** The definition itself and all its states, at every depth. */
function statesWithin(machine: unknown): [string, Json][] {
  const { States: states = {}, StartAt: startAt } = machine as { States?: Record<string, Json>; StartAt?: string };
  const inner = Object.entries(states).flatMap(([name, state]): [string, Json][] => [
    [name, state],
    ...innerMachines(state).flatMap(statesWithin),
  ]);
  return [[startAt ?? '', machine as Json], ...inner];
}

function innerMachines({ ItemProcessor, Iterator: iterator, Branches }: Json): Json[] {
  return [ItemProcessor, iterator, ...((Branches ?? []) as unknown[])].filter(
    (inner): inner is Json => inner !== undefined,
  );
}

function copy(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
