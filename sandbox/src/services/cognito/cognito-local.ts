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
import { GetUser } from 'cognito-local/lib/targets/getUser';
import type { Json, UserPoolDefinition } from '../../model';
import { userPoolClientNotFoundError, userPoolNotFoundError } from './cognito-errors';
import { IndexedUserPool } from './indexed-user-pool';
import { memoryStoreFactory } from './memory-store';
import { COGNITO_LOCAL_CONTEXT } from './pool-user';
import { UserPoolClient } from './user-pool-client';

/** `cognito-local` has the same triggers for all user pools; message-sender.ts calls the trigger of each pool. */
const NO_TRIGGERS = { enabled: () => false } as unknown as Triggers;
/** The operations below never send a message; message-sender.ts sends them all. */
const NO_MESSAGES: Messages = { deliver: () => Promise.reject(new Error('no message was expected')) };

/**
 * The operations that `cognito-local` carries out. They are imported one by one because its router also loads modules
 * that test runners cannot load.
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
  GetUser,
};

type Target = (context: Context, input: Json) => Promise<object>;

export type CognitoLocalOperation = keyof typeof TARGETS;

/** The package `cognito-local` with the defined user pools, in this process and without its files. */
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

  static async create(options: {
    definitions: readonly UserPoolDefinition[];
    now: () => Date;
    listUsersLag?: number;
  }): Promise<CognitoLocal> {
    const { definitions, now, listUsersLag } = options;
    const clock = { get: now };
    const pools = new Map<string, IndexedUserPool>();
    const cognito = await withEmptyDirectory((directory) =>
      new CognitoServiceFactoryImpl(directory, memoryStoreFactory, {
        create: async (_context, clients, userPool) => {
          const definition = definitions.find(({ userPoolId }) => userPoolId === userPool.Id) as UserPoolDefinition;
          const own = await memoryStoreFactory.create(COGNITO_LOCAL_CONTEXT, userPool.Id, {});
          const pool = new IndexedUserPool({ definition, now, listUsersLag }, clients, own, userPool);
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

  /** Signs tokens for a user; their issuer is in the user pool's Region. */
  async issueTokens(client: UserPoolClient, user: User, source: 'Authentication' | 'RefreshTokens'): Promise<Tokens> {
    const appClient = (await this.#services.cognito.getAppClient(COGNITO_LOCAL_CONTEXT, client.clientId)) as AppClient;
    const groups = await client.pool.listUserGroupMembership(COGNITO_LOCAL_CONTEXT, user);
    const [, , , region] = client.pool.definition.userPoolArn.split(':');
    const generator = new JwtTokenGenerator({ get: this.now }, NO_TRIGGERS, {
      IssuerDomain: `https://cognito-idp.${region}.amazonaws.com`,
    });
    return generator.generate(COGNITO_LOCAL_CONTEXT, user, groups, appClient, undefined, source);
  }

  /** Calls an operation of `cognito-local` with a copy of the input, because `cognito-local` changes its input. */
  async call(operation: CognitoLocalOperation, input: Json): Promise<Json> {
    const target = TARGETS[operation] as unknown as (services: Services) => Target;
    return { ...(await target(this.#services)(COGNITO_LOCAL_CONTEXT, structuredClone(input))) };
  }
}

export function generateConfirmationCode(): string {
  return randomInt(1_000_000).toString().padStart(6, '0');
}

/** `cognito-local` loads user pools that it finds in its directory, so it gets an empty one. */
async function withEmptyDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'user-pools-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/**
 * The user pool as `cognito-local` creates it. UsernameAttributes is left out because `cognito-local` supports only
 * email there (see usernames.ts), and AutoVerifiedAttributes because the sandbox has no operation that verifies a
 * contact.
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
