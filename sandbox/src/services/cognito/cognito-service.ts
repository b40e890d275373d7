import { CognitoError, UnsupportedError } from 'cognito-local/lib/errors';
import type { InvocationResult, Json, Message, Permission, Service, UserPoolDefinition } from '../../model';
import { ServiceError } from '../../model';
import type { SesAccount } from '../ses/ses-account';
import { AccountRecovery } from './account-recovery';
import { passedRoles } from './assumptions';
import { notSupportedError } from './cognito-errors';
import { CognitoLocal } from './cognito-local';
import { type CognitoOperation, cognitoOperations, OPERATIONS_WITHOUT_CREDENTIALS } from './cognito-operations';
import { IssuedTokens } from './issued-tokens';
import { MessageSender } from './message-sender';
import { validateParameters } from './parameter-validation';
import { RequestRateQuotas } from './request-rate-quotas';
import { SignIn } from './sign-in';
import { SignedInUserOperations } from './signed-in-user-operations';
import type { SmsSender } from './sms-sender';
import { type NewUser, UserAdministration } from './user-administration';

/**
 * Local Amazon Cognito user pools: the package `cognito-local`, plus the operations and the behaviour that it lacks. Of
 * the triggers of a user pool, only the custom message trigger is called.
 */
export class CognitoService implements Service {
  readonly prefix = 'cognito-idp';
  readonly #definitions: readonly UserPoolDefinition[];
  readonly #operations: Readonly<Record<string, CognitoOperation>>;
  readonly #quotas: RequestRateQuotas;
  readonly #users: UserAdministration;
  readonly #cognitoLocal: CognitoLocal;

  private constructor(
    definitions: readonly UserPoolDefinition[],
    operations: Readonly<Record<string, CognitoOperation>>,
    quotas: RequestRateQuotas,
    users: UserAdministration,
    cognitoLocal: CognitoLocal,
  ) {
    this.#definitions = definitions;
    this.#operations = operations;
    this.#quotas = quotas;
    this.#users = users;
    this.#cognitoLocal = cognitoLocal;
  }

  static async create(options: {
    pools: readonly UserPoolDefinition[];
    /** Rejects when the function cannot be invoked. */
    invokeTrigger: (functionArn: string, event: unknown) => Promise<InvocationResult>;
    /**
     * Sends the SMS messages of user pools that have an SmsConfiguration.
     *
     * @default - SMS messages go straight to `deliver`
     */
    sms?: SmsSender;
    ses?: SesAccount;
    /** Called with every message, as the user would get it. */
    deliver: (message: Message) => void;
    /** The clock for codes, tokens and request rates. */
    now?: () => Date;
    /** How long ListUsers returns a user as before a change, in milliseconds. */
    listUsersLag?: number;
  }): Promise<CognitoService> {
    const { pools: definitions, now = () => new Date(), listUsersLag } = options;
    const messageSender = new MessageSender({ ...options, now });
    const cognitoLocal = await CognitoLocal.create({ definitions, now, listUsersLag });
    const issuedTokens = new IssuedTokens(now);
    const users = new UserAdministration(cognitoLocal, messageSender, issuedTokens);
    const operations = cognitoOperations({
      cognitoLocal,
      accountRecovery: new AccountRecovery(cognitoLocal, messageSender),
      signedInUser: new SignedInUserOperations(cognitoLocal, issuedTokens),
      signIn: new SignIn(cognitoLocal, issuedTokens),
      users,
      sms: options.sms,
    });
    return new CognitoService(definitions, operations, new RequestRateQuotas(now), users, cognitoLocal);
  }

  resource(operation: string, input: Json): string | undefined {
    if (OPERATIONS_WITHOUT_CREDENTIALS.has(operation)) return undefined;
    const { UserPoolId } = input;
    const arnOf = (id: unknown) => this.#definitions.find(({ userPoolId }) => userPoolId === id)?.userPoolArn;
    const [anyArn] = this.#definitions.map(({ userPoolArn }) => userPoolArn);
    // IAM has no resource type for operations that name no user pool.
    if (typeof UserPoolId !== 'string' || anyArn === undefined) return '*';
    return arnOf(UserPoolId) ?? anyArn.replace(/userpool\/.*$/, () => `userpool/${UserPoolId}`);
  }

  /**
   * Who updates a user pool passes the role of its SmsConfiguration to Cognito, and creates a grant for the key of its
   * custom sender triggers.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-sender-triggers.html
   */
  otherPermissions(operation: string, { UserPoolId, SmsConfiguration, LambdaConfig }: Json): readonly Permission[] {
    if (operation !== 'UpdateUserPool') return [];
    const { KMSKeyID } = (LambdaConfig ?? {}) as Json;
    const toCognito = { 'iam:PassedToService': 'cognito-idp.amazonaws.com' };
    const forPool = { 'kms:EncryptionContext:userpool-id': String(UserPoolId) };
    return [
      ...passedRoles(SmsConfiguration).map((resource) => ({ action: 'iam:PassRole', resource, context: toCognito })),
      ...(typeof KMSKeyID === 'string' ? [{ action: 'kms:CreateGrant', resource: KMSKeyID, context: forPool }] : []),
    ];
  }

  async call(operation: string, input: Json): Promise<Json> {
    const supported = Object.hasOwn(this.#operations, operation) ? this.#operations[operation] : undefined;
    if (supported === undefined) throw notSupportedError('this operation');
    this.#quotas.countRequest(operation);
    const parameters = withoutNulls(input);
    validateParameters(parameters, supported.required);
    try {
      return toWire(await supported.call(parameters));
    } catch (error) {
      throw toServiceError(error);
    }
  }

  /** Adds a user to a pool without counting a request and without sending a message. Returns the `sub`. */
  addUser(user: NewUser): Promise<string> {
    return this.#users.addUser(user);
  }

  /**
   * Gives a user pool what a template cannot give it, or what somebody changed after the deployment. No request is counted
   * and nothing is validated.
   *
   * @param properties under their names in a template of `AWS::Cognito::UserPool`, such as `EnabledMfas` and
   *   `WebAuthnRelyingPartyID`, or in DescribeUserPool, such as `DcrConfiguration`, `Domain` and `CustomDomain`; undefined
   *   removes one
   */
  configureUserPool(userPoolId: string, properties: Json): void {
    const pool = this.#cognitoLocal.pool(userPoolId);
    const changed = Object.entries({ ...pool.definition.properties, ...structuredClone(properties) });
    pool.replaceProperties(Object.fromEntries(changed.filter(([, value]) => value !== undefined)));
  }
}

/** AWS's JSON protocol treats null as a missing parameter. */
function withoutNulls(input: Json): Json {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
}

/** A deep copy, so that callers cannot change the stored users, with dates in seconds as in AWS's JSON protocol. */
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
  if (error instanceof UnsupportedError) return notSupportedError('this request');
  const internal = new ServiceError('InternalErrorException', 'Something in the sandbox went wrong', { status: 500 });
  internal.cause = error;
  return internal;
}
