import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import type {
  AppClientDefinition,
  BucketDefinition,
  FunctionDefinition,
  InvokePermission,
  KeyDefinition,
  OriginationIdentityDefinition,
  RoleDefinition,
  StateMachineDefinition,
  TableDefinition,
  UserPoolDefinition,
} from '../model';
import type { TemporaryFolder } from '../temporary-folder';
import { bucketsOf } from './buckets';
import { resourcesOfType } from './deployed-resource';
import { functionsOf, permissionsOf } from './functions';
import { outputsOf, resolveText } from './intrinsics';
import { keysOf } from './keys';
import { lazyObject } from './lazy-object';
import { originationIdentitiesOf } from './origination-identities';
import { rolesOf } from './roles';
import { type Environment, Stack } from './stack';
import { stateMachinesOf } from './state-machines';

/**
 * The resources of a synthesized cloud assembly, as if it were deployed. Names, ids and ARNs depend only on the assembly and
 * its account and Region, so they are the same every time it is loaded. Every field of a definition is resolved when it is
 * first read. Nested stacks are ignored.
 */
export interface Assembly {
  readonly functions: readonly FunctionDefinition[];
  readonly userPools: readonly UserPoolDefinition[];
  readonly tables: readonly TableDefinition[];
  readonly buckets: readonly BucketDefinition[];
  readonly stateMachines: readonly StateMachineDefinition[];
  readonly keys: readonly KeyDefinition[];
  readonly roles: readonly RoleDefinition[];
  readonly permissions: readonly InvokePermission[];
  /** The phone numbers, sender ids and pools of them that SMS messages are sent from. */
  readonly originationIdentities: readonly OriginationIdentityDefinition[];
  /** The outputs by logical id, or by `<stack name>.<logical id>` when several stacks have an output of that id. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Deletes the folders that inline code was written to. */
  removeInlineCode(): void;
}

/**
 * Loads the folder that `cdk synth` wrote.
 *
 * @param options the account and Region of environment-agnostic stacks; by default 111122223333 and us-east-1
 * @throws Error when the folder is not a cloud assembly
 */
export function loadAssembly(directory: string, options: Partial<Environment> = {}): Assembly {
  const environment = { account: options.account ?? '111122223333', region: options.region ?? 'us-east-1' };
  const stacks: Stack[] = [];
  const inlineCode: TemporaryFolder[] = [];
  for (const artifact of openCloudAssembly(directory).stacksRecursively)
    stacks.push(new Stack(artifact, environment, stacks));
  return {
    functions: functionsOf(stacks, inlineCode),
    userPools: userPoolsOf(stacks),
    tables: tablesOf(stacks),
    buckets: bucketsOf(stacks),
    stateMachines: stateMachinesOf(stacks),
    keys: keysOf(stacks),
    roles: rolesOf(stacks),
    permissions: permissionsOf(stacks),
    originationIdentities: originationIdentitiesOf(stacks),
    outputs: outputsByName(stacks),
    removeInlineCode: () => {
      for (const folder of inlineCode) folder.remove();
    },
  };
}

function openCloudAssembly(directory: string): CloudAssembly {
  try {
    return new CloudAssembly(directory);
  } catch (cause) {
    throw new Error(`no cloud assembly can be read in "${directory}": ${(cause as Error).message}`, { cause });
  }
}

function userPoolsOf(stacks: readonly Stack[]): UserPoolDefinition[] {
  return resourcesOfType(stacks, 'AWS::Cognito::UserPool').map((pool) =>
    lazyObject<UserPoolDefinition>({
      userPoolId: () => pool.attribute('Ref'),
      userPoolArn: () => pool.attribute('Arn'),
      properties: () => pool.properties,
      clients: () => clientsOf(pool.attribute('Ref'), stacks),
    }),
  );
}

function clientsOf(userPoolId: string, stacks: readonly Stack[]): AppClientDefinition[] {
  return resourcesOfType(stacks, 'AWS::Cognito::UserPoolClient')
    .filter((client) => client.property('UserPoolId') === userPoolId)
    .map((client) =>
      lazyObject<AppClientDefinition>({
        clientId: () => client.attribute('Ref'),
        clientName: () => String(client.property('ClientName') ?? client.logicalId),
        properties: () => client.properties,
      }),
    );
}

function tablesOf(stacks: readonly Stack[]): TableDefinition[] {
  return resourcesOfType(stacks, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map((table) =>
    lazyObject<TableDefinition>({
      tableName: () => table.attribute('Ref'),
      tableArn: () => table.attribute('Arn'),
      properties: () => table.properties,
    }),
  );
}

function outputsByName(stacks: readonly Stack[]): Record<string, string> {
  const places = stacks.flatMap(outputsOf);
  const key = ({ stack, logicalId }: (typeof places)[number]) =>
    places.filter((other) => other.logicalId === logicalId).length > 1 ? `${stack.name}.${logicalId}` : logicalId;
  return lazyObject<Record<string, string>>(
    Object.fromEntries(places.map((place) => [key(place), () => resolveText(place.output.Value, place)])),
  );
}
