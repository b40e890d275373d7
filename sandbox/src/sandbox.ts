import { channel } from 'node:diagnostics_channel';
import { type Assembly, loadAssembly } from './assembly';
import { Faults } from './gateway/faults';
import { Gateway, type ReceivedCall, type RecordedCall } from './gateway/gateway';
import { type FunctionDefinition, type InvocationResult, type Message, ServiceError } from './model';
import { CognitoService } from './services/cognito/cognito-service';
import { SmsSender } from './services/cognito/sms-sender';
import { DynamoDbService } from './services/dynamodb/dynamodb-service';
import { accessDenied, isAllowed } from './services/iam/policy-evaluation';
import { RoleCredentials } from './services/iam/role-credentials';
import { KmsService } from './services/kms/kms-service';
import { LambdaService } from './services/lambda';
import { S3Service } from './services/s3/s3-service';
import { CloudWatchService } from './services/sms/cloudwatch-service';
import { EndUserMessagingService } from './services/sms/end-user-messaging-service';
import { SmsAccount } from './services/sms/sms-account';
import { SnsService } from './services/sms/sns-service';
import { StepFunctionsApi, StepFunctionsService } from './services/step-functions';

export interface SandboxOptions {
  /** The cloud assembly: the folder that `cdk synth` wrote. */
  readonly assemblyDirectory: string;
  /**
   * The port on 127.0.0.1.
   *
   * @default - a free port
   */
  readonly port?: number;
  /**
   * Environment variables for the functions, in addition to those of the template and those that Lambda sets.
   *
   * @default - none
   */
  readonly functionEnvironment?: Readonly<Record<string, string>>;
  /**
   * The clock of the user pools, for the expiry of codes and for quotas.
   *
   * @default - the time of this machine
   */
  readonly now?: () => Date;
  /**
   * How long ListUsers returns a user as before a change, in milliseconds by `now`. It is eventually consistent.
   *
   * @default 1000
   */
  readonly listUsersLag?: number;
  /** Called with every message that a user pool sends. */
  readonly onMessage?: (message: Message) => void;
  /** Called with every line that a function writes to stdout or stderr. */
  readonly onLog?: (line: string) => void;
  /** Called with every call of an AWS API. */
  readonly onCall?: (call: RecordedCall) => void;
}

/**
 * The calls that every sandbox of this process receives, as {@link SentCall}s.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html
 */
const CALLS = channel('cloud-assembly-sandbox:call');

/** A call, and who sent it. */
export interface SentCall extends ReceivedCall {
  /**
   * `FUNCTION` when it is signed with the credentials of a function's role, `SERVICE` with those of another role of the
   * assembly: then an AWS service, such as Step Functions, makes it. `OTHER` when it is signed with another access key, or not.
   */
  readonly sender: 'FUNCTION' | 'SERVICE' | 'OTHER';
}

function sentCall(call: ReceivedCall, { functions }: Assembly, credentials: RoleCredentials): SentCall {
  const role = call.accessKeyId === undefined ? undefined : credentials.roleOf(call.accessKeyId);
  if (role === undefined) return { ...call, sender: 'OTHER' };
  return { ...call, sender: functions.some(({ roleArn }) => roleArn === role.roleArn) ? 'FUNCTION' : 'SERVICE' };
}

/** What a sandbox consists of. */
interface SandboxParts {
  readonly assembly: Assembly;
  readonly messages: readonly Message[];
  readonly faults: Faults;
  readonly credentials: RoleCredentials;
  readonly smsAccount: SmsAccount;
  readonly gateway: Gateway;
  readonly lambda: LambdaService;
  readonly cognito: CognitoService;
  readonly stepFunctions: StepFunctionsService;
  /** Everything that has to be stopped. */
  readonly running: RunningParts;
}

/** Runs a synthesized cloud assembly on this machine. The assembly is the only description of what runs. */
export class Sandbox {
  static async start(options: SandboxOptions): Promise<Sandbox> {
    const running = new RunningParts();
    try {
      return new Sandbox(await startParts(options, running));
    } catch (error) {
      await running.stop();
      throw error;
    }
  }

  readonly assembly: Assembly;
  /** Every message that was sent, oldest first. */
  readonly messages: readonly Message[];
  readonly faults: Faults;
  readonly lambda: LambdaService;
  readonly cognito: CognitoService;
  /** The account's SMS settings: its tier, its spend limit and its origination identities. */
  readonly sms: SmsAccount;
  readonly stepFunctions: StepFunctionsService;
  /** The endpoint of all AWS APIs, for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly #credentials: RoleCredentials;
  readonly #gateway: Gateway;
  readonly #running: RunningParts;

  private constructor(parts: SandboxParts) {
    this.assembly = parts.assembly;
    this.messages = parts.messages;
    this.faults = parts.faults;
    this.lambda = parts.lambda;
    this.cognito = parts.cognito;
    this.sms = parts.smsAccount;
    this.stepFunctions = parts.stepFunctions;
    this.endpoint = parts.gateway.endpoint;
    this.#credentials = parts.credentials;
    this.#gateway = parts.gateway;
    this.#running = parts.running;
  }

  /** The access keys with which a function of that role signs its requests. */
  credentialsOf(roleArn: string) {
    return this.#credentials.for(roleArn);
  }

  /** How often an operation was called, including calls that failed. */
  countCalls(operation: string): number {
    return this.#gateway.calls().filter((call) => call.operation === operation).length;
  }

  /** Stops every function, execution and service, and closes the endpoint. */
  stop(): Promise<void> {
    return this.#running.stop();
  }
}

/** What has been started and has to be stopped. */
class RunningParts {
  readonly #parts: { stop(): Promise<void> | void }[] = [];
  #stopped: Promise<void> | undefined;

  add<T extends { stop(): Promise<void> | void }>(part: T): T {
    this.#parts.push(part);
    return part;
  }

  /** Stops the parts, the last one first, also when one of them fails to stop. Later calls wait for the first one. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopFrom(this.#parts.length - 1);
    return this.#stopped;
  }

  async #stopFrom(index: number): Promise<void> {
    const part = this.#parts[index];
    if (part === undefined) return;
    try {
      await part.stop();
    } finally {
      await this.#stopFrom(index - 1);
    }
  }
}

/** Starts everything in the order of use: a part is stopped before the parts that it uses. */
async function startParts(options: SandboxOptions, running: RunningParts): Promise<SandboxParts> {
  const assembly = loadAssembly(options.assemblyDirectory);
  running.add({ stop: assembly.removeInlineCode });
  const credentials = new RoleCredentials(assembly.roles);
  const faults = new Faults();
  const smsAccount = SmsAccount.fromAssembly(assembly);
  const messages: Message[] = [];
  // The port is bound first, because Lambda, Cognito and Step Functions call the other services at the endpoint.
  const gateway = running.add(
    await Gateway.listen({
      port: options.port,
      faults,
      onCall: (call) => {
        options.onCall?.(call);
        if (CALLS.hasSubscribers) CALLS.publish(sentCall(call, assembly, credentials));
      },
      authorize: ({ accessKeyId }, action, resource, context) => {
        // An access key that belongs to no role is the developer's own, who may do everything.
        const role = accessKeyId === undefined ? undefined : credentials.roleOf(accessKeyId);
        if (role !== undefined && !isAllowed(role, action, resource, context)) {
          throw accessDenied(role, action, resource, context);
        }
      },
    }),
  );
  const { endpoint } = gateway;
  const dynamodb = running.add(await DynamoDbService.start(assembly.tables));
  const s3 = assembly.buckets.length > 0 ? running.add(await S3Service.start(assembly.buckets)) : undefined;
  const lambda = running.add(
    await LambdaService.start({
      functions: assembly.functions,
      environmentVariablesOf: (fn) => ({
        ...environmentOfRole(credentials, fn),
        AWS_ENDPOINT_URL: endpoint,
        // When functions run on an older Node.js than Lambda's, a warning that its support ends says nothing about Lambda's.
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        ...options.functionEnvironment,
      }),
      onLog: (_fn, _stream, line) => options.onLog?.(line),
    }),
  );
  const cognito = await CognitoService.create({
    pools: assembly.userPools,
    now: options.now,
    listUsersLag: options.listUsersLag,
    invokeTrigger: (functionArn, event) => invokeAsCognito(assembly, lambda, functionArn, event),
    sms: new SmsSender({ roles: assembly.roles, credentials, account: smsAccount, endpoint }),
    deliver: (message) => {
      messages.push(message);
      options.onMessage?.(message);
    },
  });
  const stepFunctions = running.add(new StepFunctionsService({ assembly, credentials, endpoint }));
  gateway.serve({
    services: [
      cognito,
      dynamodb,
      new KmsService(assembly.keys),
      new StepFunctionsApi(stepFunctions),
      new EndUserMessagingService(smsAccount),
      new SnsService(smsAccount),
      new CloudWatchService(smsAccount),
    ],
    lambda,
    s3,
  });
  return { assembly, messages, faults, credentials, smsAccount, gateway, lambda, cognito, stepFunctions, running };
}

function environmentOfRole(credentials: RoleCredentials, { roleArn }: FunctionDefinition): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.for(roleArn);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

/** Invokes a trigger if the resource policy of the function allows its user pool to do so. */
function invokeAsCognito(
  assembly: Assembly,
  lambda: LambdaService,
  functionArn: string,
  event: unknown,
): Promise<InvocationResult> {
  const pool = assembly.userPools.find(({ userPoolId }) => userPoolId === (event as { userPoolId: string }).userPoolId);
  const allowed = assembly.permissions.some(
    (permission) =>
      permission.functionArn === functionArn &&
      permission.principal === 'cognito-idp.amazonaws.com' &&
      (permission.sourceArn === undefined || permission.sourceArn === pool?.userPoolArn),
  );
  return allowed
    ? lambda.invoke(functionArn, event)
    : Promise.reject(new ServiceError('AccessDeniedException', 'the resource policy does not allow Cognito to invoke'));
}
