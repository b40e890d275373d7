import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from 'cognito-local/lib/server/config';
import type { Services } from 'cognito-local/lib/services';
import type { AppClient } from 'cognito-local/lib/services/appClient';
import { CognitoServiceFactoryImpl, USER_POOL_AWS_DEFAULTS } from 'cognito-local/lib/services/cognitoService';
import type { Context } from 'cognito-local/lib/services/context';
import type { Messages } from 'cognito-local/lib/services/messages';
import { JwtTokenGenerator, type Tokens } from 'cognito-local/lib/services/tokenGenerator';
import type { Triggers } from 'cognito-local/lib/services/triggers';
import type { User, UserPool } from 'cognito-local/lib/services/userPoolService';
import { AdminCreateUser } from 'cognito-local/lib/targets/adminCreateUser';
import { AdminDeleteUser } from 'cognito-local/lib/targets/adminDeleteUser';
import { AdminDisableUser } from 'cognito-local/lib/targets/adminDisableUser';
import { AdminEnableUser } from 'cognito-local/lib/targets/adminEnableUser';
import { AdminGetUser } from 'cognito-local/lib/targets/adminGetUser';
import { AdminSetUserPassword } from 'cognito-local/lib/targets/adminSetUserPassword';
import { AdminUpdateUserAttributes } from 'cognito-local/lib/targets/adminUpdateUserAttributes';
import { ChangePassword } from 'cognito-local/lib/targets/changePassword';
import { DescribeUserPool } from 'cognito-local/lib/targets/describeUserPool';
import { GetUser } from 'cognito-local/lib/targets/getUser';
import type { Json, UserPoolDefinition } from '../../model';
import { userPoolClientNotFoundError, userPoolNotFoundError } from './cognito-errors';
import { IndexedUserPool } from './indexed-user-pool';
import { memoryStoreFactory } from './memory-store';
import { COGNITO_LOCAL_CONTEXT } from './pool-user';
import { UserPoolClient } from './user-pool-client';

/** Triggers of `cognito-local` are the same for all pools; the one of a pool is called in message-sender.ts. */
const NO_TRIGGERS = { enabled: () => false } as unknown as Triggers;
/** None of the operations below has reason to send a message: message-sender.ts does. */
const NO_MESSAGES: Messages = { deliver: () => Promise.reject(new Error('no message was expected')) };

/**
 * The operations that are left to `cognito-local`. Its router would load all it has, among that modules of a kind that
 * test runners cannot load.
 */
const TARGETS = {
  AdminCreateUser,
  AdminDeleteUser,
  AdminDisableUser,
  AdminEnableUser,
  AdminGetUser,
  AdminSetUserPassword,
  AdminUpdateUserAttributes,
  ChangePassword,
  DescribeUserPool,
  GetUser,
};

type Target = (context: Context, input: Json) => Promise<object>;

export type CognitoLocalOperation = keyof typeof TARGETS;

/** `cognito-local`, without its server and without its files, holding the user pools of the definitions. */
export class CognitoLocal {
  readonly now: () => Date;
  readonly #pools: ReadonlyMap<string, IndexedUserPool>;
  readonly #clients: ReadonlyMap<string, UserPoolClient>;
  readonly #services: Services;

  private constructor(
    now: () => Date,
    pools: ReadonlyMap<string, IndexedUserPool>,
    clients: ReadonlyMap<string, UserPoolClient>,
    services: Services,
  ) {
    this.now = now;
    this.#pools = pools;
    this.#clients = clients;
    this.#services = services;
  }

  static async create(options: { definitions: readonly UserPoolDefinition[]; now: () => Date }): Promise<CognitoLocal> {
    const { definitions, now } = options;
    const clock = { get: now };
    const pools = new Map<string, IndexedUserPool>();
    const cognito = await withEmptyDirectory((directory) =>
      new CognitoServiceFactoryImpl(directory, memoryStoreFactory, {
        create: async (_context, clients, userPool) => {
          const definition = definitions.find(({ userPoolId }) => userPoolId === userPool.Id) as UserPoolDefinition;
          const own = await memoryStoreFactory.create(COGNITO_LOCAL_CONTEXT, userPool.Id, {});
          const pool = new IndexedUserPool(definition, now, clients, own, userPool);
          pools.set(userPool.Id, pool);
          return pool;
        },
      }).create(COGNITO_LOCAL_CONTEXT, {}),
    );
    for (const definition of definitions)
      await cognito.createUserPool(COGNITO_LOCAL_CONTEXT, toCognitoLocalUserPool(definition, now()));
    const clients = new Map<string, UserPoolClient>();
    for (const pool of pools.values()) {
      for (const definition of pool.definition.clients) {
        const client = new UserPoolClient(pool, definition);
        clients.set(definition.clientId, client);
        await pool.saveAppClient(COGNITO_LOCAL_CONTEXT, client.toAppClient(now()));
      }
    }
    const tokenGenerator = new JwtTokenGenerator(clock, NO_TRIGGERS, {});
    const config = { UserPoolDefaults: {} } as Config;
    return new CognitoLocal(now, pools, clients, {
      clock,
      cognito,
      config,
      messages: NO_MESSAGES,
      otp: generateConfirmationCode,
      tokenGenerator,
      triggers: NO_TRIGGERS,
    });
  }

  pool(userPoolId: string): IndexedUserPool {
    const pool = this.#pools.get(userPoolId);
    if (pool === undefined) throw userPoolNotFoundError(userPoolId);
    return pool;
  }

  client(clientId: string): UserPoolClient {
    const client = this.#clients.get(clientId);
    if (client === undefined) throw userPoolClientNotFoundError(clientId);
    return client;
  }

  /** Signed tokens for a user, with the issuer that the pool's Region gives them. */
  async issueTokens(client: UserPoolClient, user: User, source: 'Authentication' | 'RefreshTokens'): Promise<Tokens> {
    const appClient = (await this.#services.cognito.getAppClient(COGNITO_LOCAL_CONTEXT, client.clientId)) as AppClient;
    const groups = await client.pool.listUserGroupMembership(COGNITO_LOCAL_CONTEXT, user);
    const [, , , region] = client.pool.definition.userPoolArn.split(':');
    const generator = new JwtTokenGenerator({ get: this.now }, NO_TRIGGERS, {
      IssuerDomain: `https://cognito-idp.${region}.amazonaws.com`,
    });
    return generator.generate(COGNITO_LOCAL_CONTEXT, user, groups, appClient, undefined, source);
  }

  /** Carries out an operation as `cognito-local` does; a copy of the input, because it writes into it. */
  async call(operation: CognitoLocalOperation, input: Json): Promise<Json> {
    const target = TARGETS[operation] as unknown as (services: Services) => Target;
    return { ...(await target(this.#services)(COGNITO_LOCAL_CONTEXT, structuredClone(input))) };
  }
}

export function generateConfirmationCode(): string {
  return randomInt(1_000_000).toString().padStart(6, '0');
}

/** `cognito-local` looks for the pools of earlier runs; there are none, and none are left. */
async function withEmptyDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'user-pools-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/**
 * What `cognito-local` needs to know of a pool. Not its UsernameAttributes, of which it knows email only (see
 * usernames.ts), and not its AutoVerifiedAttributes: there is no operation to verify a contact with.
 */
function toCognitoLocalUserPool({ userPoolId, userPoolArn, properties }: UserPoolDefinition, created: Date): UserPool {
  const standard = USER_POOL_AWS_DEFAULTS.SchemaAttributes ?? [];
  const schema = (properties.Schema ?? []) as readonly { Name: string; Mutable?: boolean }[];
  const isStandard = (name: string) => standard.some(({ Name }) => Name === name);
  const custom = schema.filter(({ Name }) => !isStandard(Name));
  return {
    Id: userPoolId,
    Arn: userPoolArn,
    Name: properties.UserPoolName as string | undefined,
    CreationDate: created,
    LastModifiedDate: created,
    SchemaAttributes: [
      ...standard.map((attribute) => ({ ...attribute, ...schema.find(({ Name }) => Name === attribute.Name) })),
      ...custom.map((attribute) => ({
        ...attribute,
        Name: `custom:${attribute.Name}`,
        Mutable: attribute.Mutable ?? true,
      })),
    ],
  };
}
