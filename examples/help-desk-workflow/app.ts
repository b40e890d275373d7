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
// In a project of your own: 'cdk-cognito-password-reset'.
import { AdminPasswordReset, ResetErrors } from '../../lib';

/**
 * A help desk resets one user: start the state machine with `{ "username": "…", "agent": "…" }`. It ends with
 * `{ "outcome": "…" }`, in which nobody is named, or fails.
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
      // The cause of an error from Cognito itself could name the user.
      cause: 'The user was not reset, or not signed out: see the state before this one.',
    });
    const notFound = this.end('User not found', 'USER_NOT_FOUND');
    const wrongState = this.end('Disabled or never signed in', 'WRONG_STATE');

    // The second step of the function, when it got no further than the first.
    const signOut = this.callCognito('Sign out', 'adminUserGlobalSignOut', 'cognito-idp:AdminUserGlobalSignOut');
    signOut.addCatch(notFound, { errors: [errorOfCognito(ResetErrors.USER_NOT_FOUND)] });
    signOut.addCatch(failed);
    signOut.next(this.end('Reset and signed out', 'RESET_REQUIRED'));

    // A reset that nobody waits for any more may still be waiting for a trigger: up to three times five seconds.
    const settle = new Wait(this, 'Let Cognito finish', { time: WaitTime.duration(Duration.seconds(15)) });
    // Of all that AdminGetUser answers, this goes on.
    const lookUp = this.callCognito('Look up the user', 'adminGetUser', 'cognito-idp:AdminGetUser', {
      status: JsonPath.stringAt('$.UserStatus'),
    });
    lookUp.addCatch(notFound, { errors: [errorOfCognito(ResetErrors.USER_NOT_FOUND)] });
    lookUp.addCatch(failed);
    settle.next(lookUp).next(
      new Choice(this, 'Reset?')
        .when(Condition.stringEquals('$.cognito.status', 'RESET_REQUIRED'), signOut)
        // Nothing was changed, but this key is used up: start again.
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
    // These go on with the user name, beside which the error is put.
    task.addCatch(signOut, { errors: [ResetErrors.GLOBAL_SIGN_OUT], resultPath: '$.error' });
    task.addCatch(settle, { errors: ResetErrors.maybeReset(), resultPath: '$.error' });
    task.addCatch(failed);
    task.next(this.end('Reset done', 'RESET_REQUIRED'));

    this.stateMachine = this.createStateMachine(DefinitionBody.fromChainable(task));
  }

  /** An end whose output is the outcome, and nothing of what came in. */
  private end(id: string, outcome: string): Pass {
    return new Pass(this, id, { result: Result.fromObject({ outcome }) });
  }

  /** Calls Cognito without a function. Unlike a reset, this may be done twice. */
  private callCognito(id: string, action: string, iamAction: string, resultSelector: Record<string, string> = {}) {
    const task = new CallAwsService(this, id, {
      service: 'cognitoidentityprovider',
      action,
      // Without this, CDK grants an action of a service that does not exist.
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
      // Without a name the state machine may not use its key: CDK writes a condition that no ARN meets.
      stateMachineName: 'help-desk-password-reset',
      definitionBody,
      timeout: Duration.minutes(30),
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(key),
      // Execution data would put the user name into the log.
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
      // An example leaves nothing behind.
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

/** As Step Functions calls it when the workflow itself calls Cognito. */
function errorOfCognito(name: string): string {
  return `CognitoIdentityProvider.${name}`;
}

if (require.main === module) {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new HelpDeskWorkflow(app, 'HelpDeskWorkflow');
  app.synth();
}
