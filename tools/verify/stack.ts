import { ArnFormat, CfnOutput, Duration, RemovalPolicy, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import {
  AccountRecovery,
  type CfnUserPool,
  UserPool,
  UserPoolEmail,
  UserPoolOperation,
  type UserPoolProps,
} from 'aws-cdk-lib/aws-cognito';
import {
  type Conditions,
  PolicyStatement,
  type PolicyStatementProps,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { machineDefinition } from './state-machine';
import { TRIGGER_CODE } from './trigger';

/** The key of the tag of everything that the command makes. The policy in docs/verify.md allows nothing without it. */
export const TAG = 'cdk-cognito-password-reset-verify';

/** The beginning of the name of each stack, and so of everything in it. */
export const STACK_PREFIX = 'VerifyPasswordReset-';

/** The outputs of the stack, which the experiments use. */
export interface VerifyOutputs {
  readonly UserPoolId: string;
  readonly ClientId: string;
  /** An app client that prevents user existence errors. */
  readonly QuietClientId: string;
  /** A user pool with account recovery `admin_only`. */
  readonly AdminOnlyPoolId: string;
  /** A user pool that prefers SMS messages. */
  readonly SmsPoolId: string;
  readonly SmsQuietClientId: string;
  readonly StateMachineArn: string;
  /** A state machine whose role allows nothing. */
  readonly NarrowStateMachineArn: string;
  /** A state machine whose role can be assumed for itself, its executions, and its ARN with the label of a map. */
  readonly LabelStateMachineArn: string;
  /** A state machine whose role can be assumed for itself and its executions. */
  readonly PlainStateMachineArn: string;
  /** Whether the user pool sends through Amazon SES: `true` or `false`. */
  readonly SendsThroughSes: string;
}

/** The ARN of a state machine, and the pattern of those of its executions, without the children of a map. */
interface MachineArns {
  readonly stateMachine: string;
  readonly executions: string;
}

export interface VerifyStackProps extends StackProps {
  /**
   * An address that is verified in Amazon SES, in the Region of the stack.
   *
   * @default - Cognito's default email sender
   */
  readonly from?: string;
}

/** What the experiments need: three user pools, a custom message trigger, an SMS role and four state machines. It retains nothing. */
export class VerifyStack extends Stack {
  constructor(scope: Construct, id: string, { from, ...props }: VerifyStackProps) {
    super(scope, id, props);
    Tags.of(this).add(TAG, 'true');
    const removalPolicy = RemovalPolicy.DESTROY;
    const email = from === undefined ? UserPoolEmail.withCognito() : UserPoolEmail.withSES({ fromEmail: from });
    const pool = (name: string, options: UserPoolProps) =>
      new UserPool(this, name, { userPoolName: `${this.stackName}-${name}`, removalPolicy, ...options });

    const users = pool('Users', { email, selfSignUpEnabled: true, accountRecovery: AccountRecovery.EMAIL_ONLY });
    const trigger = this.#trigger();
    users.addTrigger(UserPoolOperation.CUSTOM_MESSAGE, trigger);
    const adminOnly = pool('AdminOnly', { accountRecovery: AccountRecovery.NONE });
    const sms = pool('Sms', { enableSmsRole: true });
    // Without this setting Cognito prefers SMS messages.
    (sms.node.defaultChild as CfnUserPool).accountRecoverySetting = undefined;

    const quiet = { preventUserExistenceErrors: true };
    const everything = ({ stateMachine, executions }: MachineArns) => [
      { actions: ['lambda:InvokeFunction'], resources: [trigger.functionArn, this.#missingFunctionArn] },
      { actions: ['states:StartExecution'], resources: [stateMachine] },
      { actions: ['states:DescribeExecution', 'states:StopExecution'], resources: [executions] },
    ];
    const onlyFor = (arns: readonly string[]) => ({ ArnLike: { 'aws:SourceArn': arns } });
    const outputs: VerifyOutputs = {
      UserPoolId: users.userPoolId,
      ClientId: users.addClient('App', { authFlows: { userPassword: true } }).userPoolClientId,
      QuietClientId: users.addClient('Quiet', quiet).userPoolClientId,
      AdminOnlyPoolId: adminOnly.userPoolId,
      SmsPoolId: sms.userPoolId,
      SmsQuietClientId: sms.addClient('Quiet', quiet).userPoolClientId,
      StateMachineArn: this.#stateMachine('Machine', trigger, everything),
      NarrowStateMachineArn: this.#stateMachine('Narrow', trigger, () => []),
      LabelStateMachineArn: this.#stateMachine('Label', trigger, everything, ({ stateMachine, executions }) =>
        onlyFor([stateMachine, executions, `${stateMachine}/*`]),
      ),
      PlainStateMachineArn: this.#stateMachine('Plain', trigger, everything, ({ stateMachine, executions }) =>
        onlyFor([stateMachine, executions]),
      ),
      SendsThroughSes: String(from !== undefined),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  /** No function has this name. */
  get #missingFunctionArn(): string {
    const resourceName = `${this.stackName}-missing`;
    return this.formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  /** Returns the ARN. It is known beforehand, so that the role can have it before there is a state machine. */
  #stateMachine(
    name: string,
    { functionArn }: LambdaFunction,
    statements: (arns: MachineArns) => readonly PolicyStatementProps[],
    trustConditions?: (arns: MachineArns) => Conditions,
  ): string {
    const stateMachineName = `${this.stackName}-${name}`;
    const arnOf = (resource: string, resourceName: string) =>
      this.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    const arns = {
      stateMachine: arnOf('stateMachine', stateMachineName),
      executions: arnOf('execution', `${stateMachineName}:*`),
    };
    const role = new Role(this, `${name}Role`, {
      assumedBy: new ServicePrincipal('states.amazonaws.com', { conditions: trustConditions?.(arns) }),
    });
    for (const statement of statements(arns)) role.addToPolicy(new PolicyStatement(statement));
    const definition = machineDefinition({
      partition: this.partition,
      functionArn,
      missingArn: this.#missingFunctionArn,
    });
    new StateMachine(this, name, {
      stateMachineName,
      definitionBody: DefinitionBody.fromString(this.toJsonString(definition)),
      role,
    });
    return arns.stateMachine;
  }

  #trigger(): LambdaFunction {
    const logGroup = new LogGroup(this, 'TriggerLogs', {
      retention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'TriggerRole', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    return new LambdaFunction(this, 'Trigger', {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromInline(TRIGGER_CODE),
      timeout: Duration.seconds(3),
      logGroup,
      role,
    });
  }
}
