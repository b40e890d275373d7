import { CognitoError, UnsupportedError } from 'cognito-local/lib/errors';
import type { InvocationResult, Json, Message, Service, UserPoolDefinition } from '../../model';
import { ServiceError } from '../../model';
import { Backend } from './backend';
import { notOffered } from './errors';
import { Messages } from './messages';
import { OPERATIONS_WITHOUT_CREDENTIALS, type Operation, operations } from './operations';
import { Quotas } from './quotas';
import { Recovery } from './recovery';
import { SelfService } from './self-service';
import { Sessions } from './sessions';
import { SignIn } from './sign-in';
import type { SmsSender } from './sms';
import { type NewUser, Users } from './users';
import { validate } from './validation';

/**
 * Amazon Cognito user pools, run locally: `cognito-local` with the operations it lacks and its gaps closed. Of a pool's
 * triggers only CustomMessage is called.
 */
export class CognitoService implements Service {
  readonly prefix = 'cognito-idp';
  readonly #definitions: readonly UserPoolDefinition[];
  readonly #operations: Readonly<Record<string, Operation>>;
  readonly #quotas: Quotas;
  readonly #users: Users;

  private constructor(
    definitions: readonly UserPoolDefinition[],
    operations: Readonly<Record<string, Operation>>,
    quotas: Quotas,
    users: Users,
  ) {
    this.#definitions = definitions;
    this.#operations = operations;
    this.#quotas = quotas;
    this.#users = users;
  }

  static async create(options: {
    pools: readonly UserPoolDefinition[];
    /** Rejects when the function cannot be invoked. */
    invokeTrigger: (functionArn: string, event: unknown) => Promise<InvocationResult>;
    /**
     * Sends the SMS of pools that are configured for it.
     *
     * @default - nobody: they are delivered as they are
     */
    sms?: SmsSender;
    /** Gets every message as its user would. */
    deliver: (message: Message) => void;
    /** The clock of codes, tokens and rates. */
    now?: () => Date;
  }): Promise<CognitoService> {
    const { pools: definitions, now = () => new Date() } = options;
    const messages = new Messages({ ...options, now });
    const backend = await Backend.create({ definitions, now });
    const sessions = new Sessions(now);
    const users = new Users(backend, messages, sessions);
    const offered = operations({
      backend,
      recovery: new Recovery(backend, messages),
      selfService: new SelfService(backend, sessions),
      signIn: new SignIn(backend, sessions),
      users,
    });
    return new CognitoService(definitions, offered, new Quotas(now), users);
  }

  resource(operation: string, input: Json): string | undefined {
    if (OPERATIONS_WITHOUT_CREDENTIALS.has(operation)) return undefined;
    const { UserPoolId } = input;
    const arnOf = (id: unknown) => this.#definitions.find(({ userPoolId }) => userPoolId === id)?.userPoolArn;
    const [anyArn] = this.#definitions.map(({ userPoolArn }) => userPoolArn);
    // AWS takes no resource for an operation that names no pool.
    if (typeof UserPoolId !== 'string' || anyArn === undefined) return '*';
    return arnOf(UserPoolId) ?? anyArn.replace(/userpool\/.*$/, () => `userpool/${UserPoolId}`);
  }

  async call(operation: string, input: Json): Promise<Json> {
    const offered = Object.hasOwn(this.#operations, operation) ? this.#operations[operation] : undefined;
    if (offered === undefined) throw notOffered('this operation');
    this.#quotas.take(operation);
    const given = withoutNulls(input);
    validate(given, offered.required);
    try {
      return toWire(await offered.run(given));
    } catch (error) {
      throw toServiceError(error);
    }
  }

  /** Puts a user into a pool, past rates and messages; returns the `sub`. */
  addUser(user: NewUser): Promise<string> {
    return this.#users.add(user);
  }
}

/** In AWS's JSON protocol a parameter that is null is not there. */
function withoutNulls(input: Json): Json {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

/** AWS's JSON protocol has dates in seconds; nothing that is handed out may be changed in the pool by its holder. */
function toWire(output: Json): Json {
  return JSON.parse(
    JSON.stringify(output, function (this: Json, key, value) {
      const original = this[key];
      return original instanceof Date ? original.getTime() / 1000 : value;
    }),
  );
}

function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof CognitoError) return new ServiceError(error.code, error.message);
  if (error instanceof UnsupportedError) return notOffered('this request');
  const internal = new ServiceError('InternalErrorException', 'Something in the sandbox went wrong', { status: 500 });
  internal.cause = error;
  return internal;
}
