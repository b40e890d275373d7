/**
 * What the parts of the sandbox know of each other: the AWS APIs it serves, and the resources that the
 * synthesized cloud assembly describes. No part repeats by hand what the assembly says.
 */

/** The input or output of an AWS API call, as JSON. */
export type Json = Record<string, unknown>;

/** An error as an AWS API answers it. */
export class ServiceError extends Error {
  /** Fields that the answer carries besides the message, such as `Item` of ConditionalCheckFailedException. */
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

/** One AWS API that the gateway serves in the AWS JSON or the AWS Query protocol. */
export interface Service {
  /** The prefix of its IAM actions, which is also the service's name in a signature, such as `cognito-idp`. */
  readonly prefix: string;
  /**
   * The ARN that IAM checks before the operation, or all of several; undefined for an operation that is called without
   * credentials.
   *
   * @param region the Region that the request is signed for
   */
  resource(operation: string, input: Json, region: string | undefined): string | readonly string[] | undefined;
  /** Carries out the operation, or throws a {@link ServiceError}. */
  call(operation: string, input: Json, region: string | undefined): Promise<Json>;
}

/** A Lambda function as its template describes it, every intrinsic resolved. */
export interface FunctionDefinition {
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string;
  /** The asset's folder, absolute. */
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
  /** The resource's properties, resolved. */
  readonly properties: Json;
}

/** A user pool as its template describes it. */
export interface UserPoolDefinition {
  readonly userPoolId: string;
  readonly userPoolArn: string;
  /** The resource's properties, resolved. */
  readonly properties: Json;
  readonly clients: readonly AppClientDefinition[];
}

/** A DynamoDB table as its template describes it. */
export interface TableDefinition {
  readonly tableName: string;
  readonly tableArn: string;
  /** The resource's properties, resolved. */
  readonly properties: Json;
}

/** An S3 bucket as its template describes it. */
export interface BucketDefinition {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** The resource's properties, resolved. */
  readonly properties: Json;
  /** How objects are encrypted that say nothing about it; missing when it takes no key of KMS. */
  readonly encryption?: BucketEncryption;
}

/** The default encryption of a bucket with a key of KMS. */
export interface BucketEncryption {
  readonly keyArn: string;
  /** Whether S3 asks KMS for keys of the whole bucket instead of one for every object. */
  readonly bucketKeyEnabled: boolean;
}

/** A Step Functions state machine as its template describes it. */
export interface StateMachineDefinition {
  readonly stateMachineName: string;
  readonly stateMachineArn: string;
  readonly roleArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** The definition in the Amazon States Language, every intrinsic and substitution resolved. */
  readonly definition: Json;
  /** The customer managed key that encrypts its data. */
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

/** The kinds of what SMS leave from. */
export type OriginationIdentityKind = 'PHONE_NUMBER' | 'SENDER_ID' | 'POOL';

/** A phone number, a sender id or a pool of them, as its template describes it. */
export interface OriginationIdentityDefinition {
  readonly arn: string;
  readonly kind: OriginationIdentityKind;
  /** ISO 3166-1 alpha-2, of a number or a sender id. */
  readonly isoCountryCode?: string;
  /** Of a number, such as `TOLL_FREE`. */
  readonly numberType?: string;
  /** Of a number, in E.164. */
  readonly phoneNumber?: string;
  readonly senderId?: string;
  /** By name or ARN. Undefined for the default list. */
  readonly optOutListName?: string;
  /** ARNs of what a pool consists of; undefined when nobody knows. */
  readonly members?: readonly string[];
}

/** One statement of an IAM policy, lists made of single values. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** All of them have to hold. */
  readonly conditions?: readonly Condition[];
}

/** The comparisons of conditions that the sandbox carries out. */
export type ConditionOperator = 'ArnEquals' | 'ArnLike' | 'StringEquals' | 'StringLike';

/** One test of a statement: the request's value for the key must match one of the values. */
export interface Condition {
  readonly operator: ConditionOperator;
  /** Such as `kms:ViaService`, in any case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** What a request says besides action and resource, by condition key. */
export type RequestContext = Readonly<Record<string, string>>;

/** An IAM role with the statements of all its inline and attached policies. */
export interface RoleDefinition {
  readonly roleName: string;
  readonly roleArn: string;
  readonly statements: readonly Statement[];
  /** The policy document that says who may assume the role, resolved; without one nobody may. */
  readonly trustPolicy?: unknown;
}

/** An AWS::Lambda::Permission: who may invoke a function without an identity policy. */
export interface InvokePermission {
  readonly functionArn: string;
  readonly principal: string;
  readonly sourceArn?: string;
}

/** The services that a user pool can send SMS through. */
export type SmsPath = 'END_USER_MESSAGING' | 'SNS';

/** A message that the user pool sent, as its user gets it. */
export interface Message {
  readonly channel: 'EMAIL' | 'SMS';
  readonly destination: string;
  /** The subject of an email. */
  readonly subject?: string;
  readonly body: string;
  /** Whether the text came from a custom message trigger or is Cognito's default. */
  readonly origin: 'DEFAULT' | 'TRIGGER';
  /** The trigger source, such as `CustomMessage_ForgotPassword`. */
  readonly triggerSource: string;
  readonly userPoolId: string;
  /** What an SMS left from: an ARN, or what Amazon SNS chose. Missing when the pool has no way to send SMS. */
  readonly originationIdentity?: string;
  /** The service that an SMS went through. */
  readonly smsPath?: SmsPath;
  readonly sentAt: Date;
}

/** How the invocation of a function ended. */
export interface InvocationResult {
  /** What the handler returned, or Lambda's error document `{ errorType, errorMessage, trace }`. */
  readonly payload: unknown;
  /** Set when the function failed, as in the `X-Amz-Function-Error` header. */
  readonly functionError?: 'Unhandled';
}
