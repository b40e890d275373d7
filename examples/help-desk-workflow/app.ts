import { App, Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AccountRecovery, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  Condition,
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  Fail,
  JitterType,
  JsonPath,
  LogLevel,
  Pass,
  Result,
  StateMachine,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
// In your own project, import from 'cdk-cognito-password-reset'.
import { AdminPasswordReset, ResetErrors } from '../../lib';

/**
 * A help desk resets one user. The input of the state machine is `{ "username": "…", "agent": "…" }`. Its output is
 * `{ "outcome": "…" }`, without the user name. The execution fails with the name of any other error.
 */
export class HelpDeskWorkflow extends Stack {
  readonly userPool: UserPool;
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.userPool = this.createUserPool();
    const reset = new AdminPasswordReset(this, 'Reset', {
      userPool: this.userPool,
      globalSignOut: true,
      idempotency: true,
    });

    const failed = new Fail(this, 'Failed', {
      errorPath: '$.Error',
      // A fixed text, because the cause of an error from Cognito can contain the user name.
      cause: 'The user was not reset, or not signed out: see the state before this one.',
    });
    const notFound = this.end('User not found', 'USER_NOT_FOUND');
    const wrongState = this.end('Disabled or never signed in', 'WRONG_STATE');

    // The function signs the user out after the reset. The workflow does it when the function could not.
    const signOut = this.callCognito('Sign out', 'adminUserGlobalSignOut', 'cognito-idp:AdminUserGlobalSignOut');
    signOut.addCatch(notFound, { errors: [errorOfCognito(ResetErrors.USER_NOT_FOUND)] });
    signOut.addCatch(failed);
    signOut.next(this.end('Reset and signed out', 'RESET_REQUIRED'));

    // Cognito may still be working on the reset: it waits for a trigger up to three times five seconds.
    const settle = new Wait(this, 'Let Cognito finish', { time: WaitTime.duration(Duration.seconds(15)) });
    // The next state gets only the status, not the other attributes of the user.
    const lookUp = this.callCognito('Look up the user', 'adminGetUser', 'cognito-idp:AdminGetUser', {
      status: JsonPath.stringAt('$.UserStatus'),
    });
    lookUp.addCatch(notFound, { errors: [errorOfCognito(ResetErrors.USER_NOT_FOUND)] });
    lookUp.addCatch(failed);
    settle.next(lookUp).next(
      new Choice(this, 'Reset?')
        .when(Condition.stringEquals('$.cognito.status', 'RESET_REQUIRED'), signOut)
        // The user is unchanged. The idempotency key of this execution is used, so another execution is needed.
        .otherwise(this.end('Not reset', 'NOT_RESET')),
    );

    const task = reset.task(this, 'Reset password', {
      username: JsonPath.stringAt('$.username'),
      requestedBy: JsonPath.stringAt('$.agent'),
      reason: 'asked for at the help desk',
      idempotencyKey: JsonPath.executionId,
    });
    task.addCatch(notFound, { errors: [ResetErrors.USER_NOT_FOUND] });
    task.addCatch(wrongState, { errors: [ResetErrors.NOT_AUTHORIZED] });
    // These states need the user name, so the error is added to the input instead of replacing it.
    task.addCatch(signOut, { errors: [ResetErrors.GLOBAL_SIGN_OUT], resultPath: '$.error' });
    task.addCatch(settle, { errors: ResetErrors.maybeReset(), resultPath: '$.error' });
    task.addCatch(failed);
    task.next(this.end('Reset done', 'RESET_REQUIRED'));

    this.stateMachine = this.createStateMachine(DefinitionBody.fromChainable(task));
  }

  /** A state that ends the execution. Its output is the outcome, without the input. */
  private end(id: string, outcome: string): Pass {
    return new Pass(this, id, { result: Result.fromObject({ outcome }) });
  }

  /** Calls Cognito directly, without a function. A retry is safe, unlike that of a reset. */
  private callCognito(id: string, action: string, iamAction: string, resultSelector: Record<string, string> = {}) {
    const task = new CallAwsService(this, id, {
      service: 'cognitoidentityprovider',
      action,
      // By default, the CDK grants an action of a service that does not exist: cognitoidentityprovider.
      iamAction,
      iamResources: [this.userPool.userPoolArn],
      parameters: { UserPoolId: this.userPool.userPoolId, Username: JsonPath.stringAt('$.username') },
      resultSelector,
      resultPath: '$.cognito',
    });
    return task.addRetry({
      errors: [errorOfCognito(ResetErrors.TOO_MANY_REQUESTS), errorOfCognito(ResetErrors.INTERNAL_ERROR)],
      jitterStrategy: JitterType.FULL,
    });
  }

  private createStateMachine(definitionBody: DefinitionBody): StateMachine {
    const key = new Key(this, 'HistoryKey', {
      description: 'Encrypts the execution history of the help desk workflow, which holds user names',
      enableKeyRotation: true,
    });
    const logGroup = new LogGroup(this, 'WorkflowLog');
    const stateMachine = new StateMachine(this, 'Workflow', {
      // Required: without a name, the CDK writes a condition into the key policy that no state machine meets.
      stateMachineName: 'help-desk-password-reset',
      definitionBody,
      timeout: Duration.minutes(30),
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(key),
      // Execution data includes the user name.
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    });
    Validations.of(stateMachine.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The actions with which Step Functions sets up its log have no resources to limit them to.',
    });
    Validations.of(stateMachine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason: 'The history has every step already, and traces would need permissions on all resources.',
    });
    return stateMachine;
  }

  private createUserPool(): UserPool {
    const userPool = new UserPool(this, 'Users', {
      signInAliases: { username: true, email: true },
      autoVerify: { email: true },
      selfSignUpEnabled: false,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
      },
      // The user pool is deleted with the stack, because this is an example.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(userPool).acknowledge(
      { id: 'AwsSolutions-COG2', reason: 'MFA is optional, so that the example can be tried with a password alone.' },
      {
        id: 'AwsSolutions-COG8',
        reason: 'Threat protection needs a paid plan, which an example should not cost.',
      },
    );
    return userPool;
  }
}

/** The name that Step Functions gives to an error of Cognito when a state calls Cognito directly. */
function errorOfCognito(name: string): string {
  return `CognitoIdentityProvider.${name}`;
}

if (require.main === module) {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new HelpDeskWorkflow(app, 'HelpDeskWorkflow');
  app.synth();
}
