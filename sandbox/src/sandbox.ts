import { type Assembly, loadAssembly } from './assembly';
import { Faults } from './gateway/faults';
import { Gateway, type RecordedCall } from './gateway/gateway';
import { type FunctionDefinition, type InvocationResult, type Message, ServiceError } from './model';
import { CognitoService } from './services/cognito/cognito-service';
import { SmsSender } from './services/cognito/sms';
import { DynamoDbService } from './services/dynamodb/dynamodb-service';
import { accessDenied, isAllowed } from './services/iam/policy-evaluation';
import { RoleCredentials } from './services/iam/role-credentials';
import { KmsService } from './services/kms/kms-service';
import { LambdaService } from './services/lambda';
import { S3Service } from './services/s3/s3-service';
import { SmsAccount } from './services/sms/account';
import { CloudWatchService } from './services/sms/cloudwatch-service';
import { EndUserMessagingService } from './services/sms/end-user-messaging-service';
import { SnsService } from './services/sms/sns-service';
import { StepFunctionsService } from './services/step-functions';

export interface SandboxOptions {
  /** The folder that `cdk synth` wrote. */
  readonly assemblyDirectory: string;
  /**
   * The port on 127.0.0.1.
   *
   * @default - a free port
   */
  readonly port?: number;
  /**
   * Environment variables for the functions, besides those of the template and those that Lambda sets.
   *
   * @default - none
   */
  readonly functionEnvironment?: Readonly<Record<string, string>>;
  /** The clock of the user pools. Code expiry and quotas follow it. */
  readonly now?: () => Date;
  /** Called with every message that a user pool sends. */
  readonly onMessage?: (message: Message) => void;
  /** Called with every line that a function writes. */
  readonly onLog?: (line: string) => void;
  /** Called with every call of an AWS API. */
  readonly onCall?: (call: RecordedCall) => void;
}

/** A synthesized cloud assembly, running on this machine: what it describes is read from it and not repeated here. */
export class Sandbox {
  static async start(options: SandboxOptions): Promise<Sandbox> {
    const assembly = loadAssembly(options.assemblyDirectory);
    const credentials = new RoleCredentials(assembly.roles);
    const faults = new Faults();
    const sms = SmsAccount.of(assembly);
    const messages: Message[] = [];
    // Functions start when they are first invoked, and the endpoint is known by then.
    let endpoint = '';
    const lambda = await LambdaService.start({
      functions: assembly.functions,
      environmentVariablesOf: (fn) => ({
        ...environmentOfRole(credentials, fn),
        AWS_ENDPOINT_URL: endpoint,
        // The SDK warns of a Node.js that goes out of support, and this may not be the one that Lambda runs.
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        ...options.functionEnvironment,
      }),
      onLog: (_fn, _stream, line) => options.onLog?.(line),
    });
    const cognito = await CognitoService.create({
      pools: assembly.userPools,
      now: options.now,
      invokeTrigger: (functionArn, event) => invokeAsCognito(assembly, lambda, functionArn, event),
      sms: new SmsSender({ roles: assembly.roles, credentials, account: sms, endpoint: () => endpoint }),
      deliver: (message) => {
        messages.push(message);
        options.onMessage?.(message);
      },
    });
    const dynamodb = await DynamoDbService.start(assembly.tables);
    const s3 = assembly.buckets.length > 0 ? await S3Service.start(assembly.buckets) : undefined;
    try {
      const gateway = await Gateway.start({
        port: options.port,
        services: [
          cognito,
          dynamodb,
          new KmsService(assembly.keys),
          new EndUserMessagingService(sms),
          new SnsService(sms),
          new CloudWatchService(sms),
        ],
        lambda,
        s3,
        faults,
        onCall: options.onCall,
        authorize: ({ accessKeyId }, action, resource, context) => {
          // Keys that belong to no role are the developer's own, who may do everything.
          const role = accessKeyId === undefined ? undefined : credentials.roleOf(accessKeyId);
          if (role !== undefined && !isAllowed(role, action, resource, context)) {
            throw accessDenied(role, action, resource, context);
          }
        },
      });
      endpoint = gateway.endpoint;
      const workflows = new StepFunctionsService({ assembly, credentials, endpoint });
      return new Sandbox(
        assembly,
        messages,
        faults,
        lambda,
        cognito,
        sms,
        workflows,
        credentials,
        dynamodb,
        s3,
        gateway,
      );
    } catch (error) {
      await Promise.all([lambda.stop(), dynamodb.stop(), s3?.stop()]);
      throw error;
    }
  }

  private constructor(
    readonly assembly: Assembly,
    /** Every message that was sent, oldest first. */
    readonly messages: readonly Message[],
    readonly faults: Faults,
    readonly lambda: LambdaService,
    readonly cognito: CognitoService,
    /** The account's SMS: what messages leave from, and what stops them. */
    readonly sms: SmsAccount,
    /** Step Functions. */
    readonly workflows: StepFunctionsService,
    private readonly credentials: RoleCredentials,
    private readonly dynamodb: DynamoDbService,
    private readonly s3: S3Service | undefined,
    private readonly gateway: Gateway,
  ) {}

  /** What AWS_ENDPOINT_URL is to be. */
  get endpoint(): string {
    return this.gateway.endpoint;
  }

  /** The keys with which a function of that role signs its requests. */
  credentialsOf(roleArn: string) {
    return this.credentials.for(roleArn);
  }

  /** How often an operation was called, also when it failed. */
  countCalls(operation: string): number {
    return this.gateway.calls().filter((call) => call.operation === operation).length;
  }

  async stop(): Promise<void> {
    this.workflows.stop();
    await this.lambda.stop();
    await Promise.all([this.gateway.stop(), this.dynamodb.stop(), this.s3?.stop()]);
  }
}

function environmentOfRole(credentials: RoleCredentials, { roleArn }: FunctionDefinition): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials.for(roleArn);
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

/** A user pool invokes a trigger by the resource policy of the function. */
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
