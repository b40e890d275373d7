import { ExpectedResult, type IApiCall, IntegTest, type WaiterStateMachine } from '@aws-cdk/integ-tests-alpha';
import {
  App,
  ArnFormat,
  Aspects,
  type CfnResource,
  Duration,
  type IAspect,
  Lazy,
  RemovalPolicies,
  RemovalPolicy,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { BucketAutoDeleteObjects } from 'aws-cdk-lib/aws-s3/mixins';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';

/** Of every user. The user pools have no app client, so nobody can sign in with it. */
const PASSWORD = 'Old-password-1';

/** The ids of the functions that integ-tests adds: one calls, one polls, and one reports that the polling ended. */
const CALLS = 'SingletonFunction1488541a7b23466481b69b4408076b81';
const POLLS = 'SingletonFunction76b3e830a873425f8453eddd85c86925';
const GIVES_UP = 'SingletonFunction5c1898e096fb4e3e95d5f6c67f3ce41a';
/** The function that empties buckets. */
const EMPTIES = 'Custom::S3AutoDeleteObjectsCustomResourceProvider';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
}

/** A path in a response, and the value there. */
export type Expectation = readonly [path: string, value: unknown];

export interface Call {
  readonly service: string;
  readonly api: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The action that the call needs, and the only resource that it needs it for. */
  readonly allow: readonly [action: string, resourceArn: string];
  readonly expect?: Expectation;
  /** Repeats the call until the response is as expected. */
  readonly repeat?: boolean;
}

/** Makes the findings of the validation of templates errors. */
export function createApp(): App {
  return new App({
    analyticsReporting: false,
    postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
}

/** The calls that a test makes when its stacks are deployed, one after another. Nothing is left after the test. */
export class Story {
  private readonly test: IntegTest;
  private readonly statements = new Map<string, Statement[]>();
  private last?: IApiCall;

  constructor(app: App, name: string, stacks: Stack[]) {
    this.test = new IntegTest(app, name, {
      testCases: stacks,
      // An update would make the calls again, and the users would exist.
      stackUpdateWorkflow: false,
      cdkCommandOptions: { destroy: { args: { force: true } } },
    });
    for (const stack of stacks) deleteWithStack(stack);
    Validations.of(this.test).acknowledge({
      id: 'CloudFormation-Validate::W2501',
      reason: 'The password of users with whom nobody can sign in, and who are deleted.',
    });
  }

  /** Creates a user who is confirmed, without a message. The address is one of the mailbox simulator of Amazon SES. */
  createUser(userPool: IUserPool, username: string): void {
    const user = { UserPoolId: userPool.userPoolId, Username: username };
    const email = `success+${username}@simulator.amazonses.com`;
    const attributes = { email, email_verified: 'true' };
    this.callCognito(userPool, 'AdminCreateUser', {
      ...user,
      MessageAction: 'SUPPRESS',
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    });
    this.callCognito(userPool, 'AdminSetUserPassword', { ...user, Password: PASSWORD, Permanent: true });
  }

  expectStatus(userPool: IUserPool, username: string, status: 'CONFIRMED' | 'RESET_REQUIRED'): void {
    const user = { UserPoolId: userPool.userPoolId, Username: username };
    this.callCognito(userPool, 'AdminGetUser', user, ['UserStatus', status]);
  }

  callCognito(
    userPool: IUserPool,
    api: string,
    parameters: Readonly<Record<string, unknown>>,
    expect?: Expectation,
  ): void {
    const allow = [`cognito-idp:${api}`, userPool.userPoolArn] as const;
    this.call({ service: 'cognito-identity-provider', api, parameters, allow, expect });
  }

  /** @param expect of the payload, which is parsed */
  invoke({ functionName, functionArn }: IFunction, event: object, [path, value]: Expectation): void {
    this.call({
      service: 'lambda',
      api: 'Invoke',
      parameters: { FunctionName: functionName, Payload: JSON.stringify(event) },
      allow: ['lambda:InvokeFunction', functionArn],
      expect: [`Payload.${path}`, value],
    });
  }

  /**
   * Starts an execution and waits for its end.
   *
   * @param expect of the execution, whose output is parsed
   */
  execute(stateMachine: IStateMachine, input: object, expect: Expectation): void {
    const { stateMachineArn } = stateMachine;
    const start = this.call({
      service: 'sfn',
      api: 'StartExecution',
      parameters: { stateMachineArn, input: JSON.stringify(input) },
      allow: ['states:StartExecution', stateMachineArn],
    });
    const executions = Stack.of(stateMachine).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.call({
      service: 'sfn',
      api: 'DescribeExecution',
      parameters: { executionArn: start.getAttString('executionArn') },
      allow: ['states:DescribeExecution', executions],
      expect,
      repeat: true,
    });
  }

  call({ service, api, parameters, allow: [action, resource], expect, repeat }: Call): IApiCall {
    const call = this.test.assertions.awsApiCall(service, api, parameters);
    const assertions = Stack.of(call);
    this.allow(assertions, CALLS, action, resource);
    if (expect !== undefined) call.assertAtPath(expect[0], new Exactly(expect[1]));
    if (repeat) {
      call.waitForAssertions({ totalTimeout: Duration.minutes(10), interval: Duration.seconds(5) });
      const waiter = call.node.findChild('WaitFor') as WaiterStateMachine;
      this.allowStart(call, waiter.stateMachineArn);
      this.allow(assertions, POLLS, action, resource);
      this.statementsOf(assertions, GIVES_UP);
    }
    this.last?.next(call);
    this.last = call;
    return call;
  }

  /**
   * Lets the function start the polling. In a policy of its own, because the state machine is created after the earlier
   * calls, which the function makes.
   */
  private allowStart(call: IApiCall, stateMachineArn: string): void {
    const role = Stack.of(call).node.findChild(CALLS).node.findChild('Role') as CfnResource;
    const statement: Statement = { Effect: 'Allow', Action: ['states:StartExecution'], Resource: stateMachineArn };
    const policy = new CfnPolicy(call, 'StartsPolling', {
      policyName: 'StartsPolling',
      policyDocument: { Version: '2012-10-17', Statement: [statement] },
      roles: [role.ref],
    });
    call.node.findChild('Default').node.addDependency(policy);
  }

  /** integ-tests would allow each action on all resources. */
  private allow(assertions: Stack, id: string, action: string, resource: string): void {
    const statements = this.statementsOf(assertions, id);
    const same = (other: Statement) =>
      other.Action[0] === action &&
      JSON.stringify(assertions.resolve(other.Resource)) === JSON.stringify(assertions.resolve(resource));
    if (!statements.some(same)) statements.push({ Effect: 'Allow', Action: [action], Resource: resource });
  }

  private statementsOf(assertions: Stack, id: string): Statement[] {
    const present = this.statements.get(id);
    if (present !== undefined) return present;
    const statements = limitFunction(assertions, id);
    this.statements.set(id, statements);
    return statements;
  }
}

/** As `ExpectedResult.exact`, which integ-tests 2.245 writes in a form that its function does not read: all would fail. */
class Exactly extends ExpectedResult {
  readonly result: string;

  constructor(value: unknown) {
    super();
    this.result = JSON.stringify(value);
  }
}

/** Deletes everything in the stack with it, also what the library retains. */
function deleteWithStack(stack: Stack): void {
  RemovalPolicies.of(stack).destroy();
  Aspects.of(stack).add(new ShortestPendingWindow());
  const buckets = stack.node.findAll().filter((each) => each instanceof CfnBucket);
  for (const bucket of buckets) {
    bucket.applyRemovalPolicy(RemovalPolicy.DESTROY);
    bucket.with(new BucketAutoDeleteObjects());
  }
  if (buckets.length > 0) limitFunction(stack, EMPTIES);
}

/** A KMS key is not charged while it waits for its deletion, but it can be restored. */
class ShortestPendingWindow implements IAspect {
  visit(node: IConstruct): void {
    if (node instanceof CfnKey) node.pendingWindowInDays = 7;
  }
}

/**
 * Gives a function a log group that is deleted with the stack, and the permission to write to it, in place of a managed
 * policy for all log groups and one that Lambda would create and leave.
 *
 * @returns what else the function may do, to be added to
 */
function limitFunction(stack: Stack, id: string): Statement[] {
  const provider = stack.node.findChild(id);
  const role = provider.node.findChild('Role') as CfnResource;
  const handler = provider.node.findChild('Handler') as CfnResource;
  const logGroup = new LogGroup(provider, 'Logs', { removalPolicy: RemovalPolicy.DESTROY });
  const statements: Statement[] = [
    { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: logGroup.logGroupArn },
  ];
  role.addPropertyDeletionOverride('ManagedPolicyArns');
  role.addPropertyOverride('Policies', [
    {
      PolicyName: 'Inline',
      PolicyDocument: { Version: '2012-10-17', Statement: Lazy.any({ produce: () => statements }) },
    },
  ]);
  handler.addPropertyOverride('LoggingConfig', { LogGroup: logGroup.logGroupName });
  return statements;
}
