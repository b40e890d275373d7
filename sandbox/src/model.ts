/**
 * The types that the parts of the sandbox share: the AWS APIs that it serves, and the resources that the cloud assembly
 * describes. Definitions come from the assembly only; no part repeats them by hand.
 */

/** The input or output of an AWS API call, as JSON. */
export type Json = Record<string, unknown>;

/** An error that an AWS API answers. */
export class ServiceError extends Error {
  /** Fields of the response besides the message, such as `Item` of ConditionalCheckFailedException. */
  readonly fields: Json;
  /** The HTTP status. */
  readonly status: number;

  constructor(name: string, message: string, options: { status?: number; fields?: Json } = {}) {
    super(message);
    this.name = name;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? {};
  }
}

/** A permission that a call needs. */
export interface Permission {
  /** The IAM action, such as `iam:PassRole`. */
  readonly action: string;
  /** The ARN of the resource. */
  readonly resource: string;
  readonly context?: RequestContext;
}

/** One AWS API that the gateway serves. */
export interface Service {
  /** The prefix of its IAM actions, which is also the service's name in a signature, such as `cognito-idp`. */
  readonly prefix: string;
  /**
   * The ARN, or the ARNs, of the resources for which IAM authorizes the operation; undefined for an operation that is
   * called without credentials.
   *
   * @param region the Region that the request is signed for; undefined when it is not signed
   */
  resource(operation: string, input: Json, region: string | undefined): string | readonly string[] | undefined;
  /**
   * What the operation needs besides its own action.
   *
   * @default - nothing
   */
  otherPermissions?(operation: string, input: Json): readonly Permission[];
  /** Carries out the operation, or throws a {@link ServiceError}. */
  call(operation: string, input: Json, region: string | undefined): Promise<Json>;
}

/** A Lambda function as its template describes it, with every intrinsic function resolved. */
export interface FunctionDefinition {
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string;
  /** The absolute path of the asset's folder. */
  readonly codeDirectory: string;
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroupName: string;
  readonly logFormat: 'JSON' | 'Text';
  readonly reservedConcurrentExecutions?: number;
}

/** A user pool's app client as its template describes it. */
export interface AppClientDefinition {
  readonly clientId: string;
  readonly clientName: string;
  /** The resource's properties, with every intrinsic function resolved. */
  readonly properties: Json;
}

/** A user pool as its template describes it. */
export interface UserPoolDefinition {
  readonly userPoolId: string;
  readonly userPoolArn: string;
  /** The resource's properties, with every intrinsic function resolved. */
  readonly properties: Json;
  readonly clients: readonly AppClientDefinition[];
}

/** A DynamoDB table as its template describes it. */
export interface TableDefinition {
  readonly tableName: string;
  readonly tableArn: string;
  /** The resource's properties, with every intrinsic function resolved. */
  readonly properties: Json;
}

/** An S3 bucket as its template describes it. */
export interface BucketDefinition {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** The resource's properties, with every intrinsic function resolved. */
  readonly properties: Json;
  /** The default encryption; undefined when the bucket does not use a KMS key. */
  readonly encryption?: BucketEncryption;
}

/** The default encryption of a bucket with a KMS key. */
export interface BucketEncryption {
  readonly keyArn: string;
  /** Whether S3 uses a bucket key instead of a data key for each object. */
  readonly bucketKeyEnabled: boolean;
}

/** A Step Functions state machine as its template describes it. */
export interface StateMachineDefinition {
  readonly stateMachineName: string;
  readonly stateMachineArn: string;
  readonly roleArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** The definition in the Amazon States Language, with every intrinsic function and substitution resolved. */
  readonly definition: Json;
  /** The ARN of the customer managed key that encrypts its data. */
  readonly keyArn?: string;
}

/** A KMS key as its template describes it. */
export interface KeyDefinition {
  readonly keyId: string;
  readonly keyArn: string;
  /** The names of its aliases, such as `alias/signing`. */
  readonly aliases: readonly string[];
  readonly keySpec: string;
  readonly keyUsage: string;
  readonly origin: string;
  readonly enabled: boolean;
}

/** The kinds of origination identities. */
export type OriginationIdentityKind = 'PHONE_NUMBER' | 'SENDER_ID' | 'POOL';

/** A phone number, a sender ID or a pool, as its template describes it. */
export interface OriginationIdentityDefinition {
  readonly arn: string;
  readonly kind: OriginationIdentityKind;
  /** The country of a phone number or sender ID, in ISO 3166-1 alpha-2. */
  readonly isoCountryCode?: string;
  /** The type of a phone number, such as `TOLL_FREE`. */
  readonly numberType?: string;
  /** The phone number, in E.164. */
  readonly phoneNumber?: string;
  readonly senderId?: string;
  /** The name or ARN of the opt-out list; undefined for the default list. */
  readonly optOutListName?: string;
  /** The ARNs of the origination identities in a pool; undefined when they are not known. */
  readonly members?: readonly string[];
}

/** One statement of an IAM policy, in which a single value has become a list. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The statement applies only if all conditions are met. */
  readonly conditions?: readonly Condition[];
}

/** The condition operators that the sandbox supports. */
export type ConditionOperator = 'ArnEquals' | 'ArnLike' | 'StringEquals' | 'StringLike';

/** One condition of a statement: it is met if the request's value for the key matches one of the values. */
export interface Condition {
  readonly operator: ConditionOperator;
  /** The condition key, such as `kms:ViaService`. It is case-insensitive. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The values of a request by condition key. */
export type RequestContext = Readonly<Record<string, string>>;

/** An IAM role with the statements of all its inline and attached policies. */
export interface RoleDefinition {
  readonly roleName: string;
  readonly roleArn: string;
  readonly statements: readonly Statement[];
  /** The resolved trust policy document; undefined when no principal may assume the role. */
  readonly trustPolicy?: unknown;
}

/** An AWS::Lambda::Permission: a statement of a function's resource policy that grants permission to invoke it. */
export interface InvokePermission {
  readonly functionArn: string;
  readonly principal: string;
  readonly sourceArn?: string;
}

/** The services through which a user pool can send SMS messages. */
export type SmsPath = 'END_USER_MESSAGING' | 'SNS';

/** A message that a user pool sent, as its user receives it. */
export interface Message {
  readonly channel: 'EMAIL' | 'SMS';
  readonly destination: string;
  /** The subject of an email message. */
  readonly subject?: string;
  readonly body: string;
  /** Whether the body is Cognito's default or comes from a custom message trigger. */
  readonly origin: 'DEFAULT' | 'TRIGGER';
  /** The trigger source, such as `CustomMessage_ForgotPassword`. */
  readonly triggerSource: string;
  readonly userPoolId: string;
  /**
   * The origination identity of an SMS message: an ARN, or `chosen by Amazon SNS` when SNS found none in the account.
   * Undefined when the pool has no SMS configuration.
   */
  readonly originationIdentity?: string;
  /** The service through which an SMS message was sent; undefined when the pool has no SMS configuration. */
  readonly smsPath?: SmsPath;
  readonly sentAt: Date;
}

/** The result of an invocation. */
export interface InvocationResult {
  /** What the handler returned, or Lambda's error document `{ errorType, errorMessage, trace }`. */
  readonly payload: unknown;
  /** The `X-Amz-Function-Error` header: set when the function failed. */
  readonly functionError?: 'Unhandled';
}
