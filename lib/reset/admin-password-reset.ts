import { join } from 'node:path';
import { Annotations, Aspects, Duration, RemovalPolicy, Stack, Stage, Token, Validations } from 'aws-cdk-lib';
import { type IMetric, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, type ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type Grant, type IGrantable, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { type Architecture, type CfnFunction, Code, type IFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { IDEMPOTENCY_TABLE, RESET_ENVIRONMENT, RESET_METRICS, RESET_MINIMUM_TIMEOUT_SECONDS } from '../contract/reset';
import { type ResetMessages, resetMessagesOf } from '../messages/reset-messages';
import { createBundledFunction } from '../private/bundled-function';
import { grantInvoke } from '../private/invoke-grant';
import { logStatement } from '../private/log-statement';
import { keyArnOf } from '../private/signing-key';
import { ownedUserPoolOf, userPoolArnOf } from '../private/user-pool-ref';
import type { ResetTaskJsonataProps, ResetTaskProps } from './reset-task';
import { createJsonataTask, createJsonPathTask, type ResetTaskTarget } from './reset-task-state';

/**
 * What to do when ClientMetadata cannot be signed: AWS KMS refuses, or does not answer within one and a half seconds.
 */
export enum OnSigningFailure {
  /** Reset all the same. The user gets the message that asking for a code brings, whatever template was meant. */
  RESET = 'RESET',
  /** Fail with `ResetNotSentError`. Nothing was sent. */
  FAIL = 'FAIL',
}

/**
 * Properties of {@link AdminPasswordReset}.
 */
export interface AdminPasswordResetProps {
  /**
   * The user pool whose users are to choose a new password.
   *
   * Any construct for a user pool, imported ones included. It must be in the same account, because Cognito has no
   * resource policies; it may be in another Region. Its account recovery must not be `admin_only`: users could not
   * set the new password.
   *
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  readonly userPool: IUserPoolRef;

  /**
   * Whether to revoke the tokens of the user after the reset.
   *
   * A reset alone ends no session. Revoking ends refresh, and access to the APIs of Cognito itself; other services
   * accept an access token until it expires.
   *
   * @default false
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
   */
  readonly globalSignOut?: boolean;

  /**
   * Whether requests may carry an `idempotencyKey`, with which a reset is carried out once however often it is
   * asked for.
   *
   * Adds a DynamoDB table, which keeps keyed digests and no user names.
   *
   * @default false
   * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
   */
  readonly idempotency?: boolean;

  /**
   * How long an idempotency key is remembered.
   *
   * Must outlast every retry of your callers, and be at least the time-out of the function.
   *
   * @default Duration.hours(24)
   */
  readonly idempotencyExpiresAfter?: Duration;

  /**
   * The messages that a reset may choose from, by `template` and `locale` in its `clientMetadata`.
   *
   * The function then signs ClientMetadata, so that the trigger behind these messages can trust it. They must be for the
   * same user pool, and in the same stage of the same app; see `signingKey` otherwise.
   *
   * @default - ClientMetadata is not signed, unless there is a `signingKey`
   */
  readonly messages?: ResetMessages;

  /**
   * The key to sign ClientMetadata with: the `signingKeyArn` of `ResetMessages` in another stage or app.
   *
   * A symmetric HMAC_256 key of AWS KMS, by the ARN of the key and not of an alias. Give either this or `messages`.
   *
   * @default - the key of `messages`
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
   */
  readonly signingKey?: IKeyRef;

  /**
   * What to do when ClientMetadata cannot be signed.
   *
   * @default OnSigningFailure.RESET
   */
  readonly onSigningFailure?: OnSigningFailure;

  /**
   * The execution role of the function.
   *
   * Lambda must be allowed to assume it. The statements it needs are added to it; an imported role that takes none must
   * already have what `policyStatements` lists.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   * @default - a role of its own, with those statements and no managed policy
   */
  readonly role?: IRole;

  /**
   * Where the function writes its log: JSON lines without personal data.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
   * @default - a log group of its own, which is kept for two years and retained when the stack is deleted
   */
  readonly logGroup?: ILogGroup;

  /**
   * Memory of the function, in MiB, from 128 to 10,240.
   *
   * @default 256
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   */
  readonly memorySize?: number;

  /**
   * How long one invocation may take.
   *
   * At least 30 seconds, because Cognito waits for a trigger up to three times five seconds, and an invocation that
   * is cut off leaves the outcome unknown. At most 15 minutes. Whoever invokes must wait longer than this: the AWS CLI
   * and SDKs otherwise give up and invoke again.
   *
   * @default Duration.seconds(30)
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   */
  readonly timeout?: Duration;

  /**
   * How many invocations may run at the same time. Further ones are throttled.
   *
   * @default - no limit but that of the account
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  readonly reservedConcurrentExecutions?: number;

  /**
   * Tracing with AWS X-Ray. Traces carry no user name.
   *
   * @default Tracing.DISABLED
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
   */
  readonly tracing?: Tracing;

  /**
   * The instruction set of the function.
   *
   * @default Architecture.ARM_64
   * @see https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html
   */
  readonly architecture?: Architecture;
}

/**
 * Options of `metricFailures`.
 */
export interface FailureMetricOptions extends MetricOptions {
  /**
   * Counts the failures with this error name only, such as `UserNotFoundException`.
   *
   * @default - all failures
   */
  readonly errorName?: string;
}

/**
 * A function that forces a user of one user pool to choose a new password, and may do nothing else.
 *
 * Invoke it with `{ "username": "…" }`. It answers with `status`, `userPoolId`, `httpStatus`, `requestId`, `signedOut`
 * and `replayed`, or fails with an error whose name a workflow can match: Cognito's own names for what Cognito refuses,
 * and `InvalidRequestError`, `ResetNotSentError`, `ResetOutcomeUnknownError`, `GlobalSignOutError` and
 * `IdempotencyInProgressError`. A user name appears in no result, log line, error, metric or trace.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
 */
export class AdminPasswordReset extends Construct {
  /** The user pool whose users are reset. */
  public readonly userPool: IUserPoolRef;

  /** The function. Use `grantInvoke` to let somebody invoke it. */
  public readonly lambdaFunction: IFunction;

  /** The execution role of the function. */
  public readonly role: IRole;

  /** Where the function writes its log. */
  public readonly logGroup: ILogGroup;

  /** The table of idempotency records; undefined without `idempotency`. */
  public readonly idempotencyTable?: ITable;

  /** All that the execution role needs, for a role that statements cannot be added to. */
  public readonly policyStatements: PolicyStatement[];

  /**
   * Whether the tokens of a user are revoked after the reset.
   *
   * @internal
   */
  public readonly _globalSignOut: boolean;

  /**
   * How ClientMetadata is signed; undefined when it is not.
   *
   * @internal
   */
  public readonly _signing?: Signing;

  private readonly taskTarget: ResetTaskTarget;

  public constructor(scope: Construct, id: string, props: AdminPasswordResetProps) {
    super(scope, id);
    const timeout = props.timeout ?? Duration.seconds(RESET_MINIMUM_TIMEOUT_SECONDS);
    const idempotencyExpiresAfter = props.idempotencyExpiresAfter ?? Duration.hours(24);
    validateAccount(this, props.userPool);
    validateDurations(props, timeout, idempotencyExpiresAfter);
    this.node.addValidation({ validate: () => validateAccountRecovery(props.userPool) });
    Aspects.of(this).add({ visit: (construct) => construct === this && warnAboutUnusedMessages(this, props) });

    this.userPool = props.userPool;
    this.role = props.role ?? new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup = props.logGroup ?? new LogGroup(this, 'LogGroup');
    this.idempotencyTable = props.idempotency ? createIdempotencyTable(this) : undefined;
    this._globalSignOut = props.globalSignOut ?? false;
    this._signing = signingOf(this, props);
    this.policyStatements = this.requiredStatements(props);

    const { lambdaFunction, policy } = createBundledFunction(this, {
      description: 'Forces a user of a Cognito user pool to choose a new password',
      code: Code.fromAsset(join(__dirname, '..', '..', 'assets', 'reset')),
      architecture: props.architecture,
      memorySize: props.memorySize,
      timeout,
      role: this.role,
      logGroup: this.logGroup,
      statements: this.policyStatements,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      // Lambda would invoke twice more after a failure, and an event that waited for hours is nobody's wish any more.
      // An event may still come twice: Lambda promises no less, and only an idempotency key helps.
      // No destination and no dead-letter queue: they would carry the user name.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
      environment: {
        [RESET_ENVIRONMENT.userPoolId]: props.userPool.userPoolRef.userPoolId,
        ...(props.globalSignOut && { [RESET_ENVIRONMENT.globalSignOut]: 'true' }),
        ...(this.idempotencyTable && {
          [RESET_ENVIRONMENT.idempotencyTableName]: this.idempotencyTable.tableName,
          [RESET_ENVIRONMENT.idempotencyExpiresAfterSeconds]: `${idempotencyExpiresAfter.toSeconds()}`,
        }),
        ...this._signing?.environment,
      },
    });
    if (isTraced(props)) {
      // On the resource itself: the property of the L2 construct would add a policy of its own to the role.
      (lambdaFunction.node.defaultChild as CfnFunction).tracingConfig = { mode: props.tracing };
      Validations.of(policy).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'X-Ray has no resources that its two actions for sending traces could be limited to.',
      });
    }
    if (props.messages) {
      // A new key must be known to the trigger before it signs.
      lambdaFunction.node.addDependency(props.messages.lambdaFunction);
    }
    this.lambdaFunction = lambdaFunction;
    this.taskTarget = {
      lambdaFunction,
      timeout,
      idempotencyExpiresAfter: props.idempotency ? idempotencyExpiresAfter : undefined,
    };
  }

  /**
   * Allows to invoke the function: `lambda:InvokeFunction` on its unqualified ARN, and not on versions and aliases.
   *
   * @param grantee who may; a service or another account is allowed by the resource policy of the function, and a
   * service only with a condition on `aws:SourceArn` or `aws:SourceAccount`
   * @throws when a service is to invoke for whoever uses it
   * @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
   */
  public grantInvoke(grantee: IGrantable): Grant {
    return grantInvoke(this, this.lambdaFunction, grantee);
  }

  /**
   * A task that resets the user whom the input of the state names, for a state machine in JSONPath.
   *
   * Its result has the fields `status`, `userPoolId`, `httpStatus`, `requestId`, `signedOut` and `replayed`, and no
   * personal data. Catch its errors by the names in `ResetErrors`. The state machine may invoke the function and no
   * version or alias of it.
   *
   * A throttled function is retried for a minute at most. With an `idempotencyKey`, errors of Lambda are retried too,
   * after which the function may have run: the task then ends within eight times the time-out of the function and 85
   * seconds, which is less than six minutes by default. Retries of your own belong on `ResetErrors.NOT_SENT`,
   * `TOO_MANY_REQUESTS` and `THROTTLING`.
   *
   * @param scope where to create the state
   * @param id the id of the construct, and the name of the state unless there is a `stateName`
   * @param props whom to reset, and how
   * @throws when a text is given where a path was meant
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
   */
  public task(scope: Construct, id: string, props: ResetTaskProps): LambdaInvoke {
    return createJsonPathTask(scope, id, this.taskTarget, props);
  }

  /**
   * The same as `task` in JSONata, for a state machine in either query language.
   *
   * @param scope where to create the state
   * @param id the id of the construct, and the name of the state unless there is a `stateName`
   * @param props whom to reset, and how
   * @throws when a path or a text is given where an expression was meant
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
   */
  public taskJsonata(scope: Construct, id: string, props: ResetTaskJsonataProps): LambdaInvoke {
    return createJsonataTask(scope, id, this.taskTarget, props);
  }

  /**
   * How many resets were carried out, replays not counted. The sum over five minutes by default.
   *
   * @param props how to look at the metric
   */
  public metricResets(props?: MetricOptions): IMetric {
    return this.metric(RESET_METRICS.resets, {}, props);
  }

  /**
   * How many invocations failed, in all or with one error name. The sum over five minutes by default.
   *
   * The total is a metric of its own, because CloudWatch does not add custom metrics up over a dimension.
   *
   * @param props how to look at the metric
   */
  public metricFailures(props: FailureMetricOptions = {}): IMetric {
    const { errorName, ...options } = props;
    return this.metric(
      RESET_METRICS.failures,
      errorName ? { [RESET_METRICS.errorNameDimension]: errorName } : {},
      options,
    );
  }

  /**
   * How many resets could not be signed. The sum over five minutes by default.
   *
   * @param props how to look at the metric
   */
  public metricSigningFailures(props?: MetricOptions): IMetric {
    return this.metric(RESET_METRICS.signingFailures, {}, props);
  }

  /**
   * How long invocations took, in milliseconds. The average over five minutes by default.
   *
   * @param props how to look at the metric
   */
  public metricDuration(props?: MetricOptions): IMetric {
    return this.lambdaFunction.metricDuration(props);
  }

  private metric(metricName: string, dimensions: Record<string, string>, props?: MetricOptions): IMetric {
    const functionName = { [RESET_METRICS.functionNameDimension]: this.lambdaFunction.functionName };
    return new Metric({
      namespace: RESET_METRICS.namespace,
      metricName,
      statistic: Stats.SUM,
      ...props,
      dimensionsMap: { ...functionName, ...dimensions, ...props?.dimensionsMap },
    }).attachTo(this);
  }

  private requiredStatements(props: AdminPasswordResetProps): PolicyStatement[] {
    const statements = [
      new PolicyStatement({
        actions: [
          'cognito-idp:AdminResetUserPassword',
          ...(props.globalSignOut ? ['cognito-idp:AdminUserGlobalSignOut'] : []),
        ],
        resources: [userPoolArnOf(props.userPool)],
      }),
      logStatement(this.logGroup),
    ];
    if (this.idempotencyTable) {
      statements.push(
        new PolicyStatement({
          actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
          resources: [this.idempotencyTable.tableArn],
        }),
      );
    }
    if (this._signing) {
      statements.push(new PolicyStatement({ actions: ['kms:GenerateMac'], resources: [this._signing.keyArn] }));
    }
    if (isTraced(props)) {
      statements.push(
        // X-Ray has no resources that these two actions could be limited to.
        new PolicyStatement({
          actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
          resources: ['*'],
        }),
      );
    }
    return statements;
  }
}

function isTraced(props: AdminPasswordResetProps): boolean {
  return props.tracing !== undefined && props.tracing !== Tracing.DISABLED;
}

/** What a function needs to sign ClientMetadata: the key, and all that its environment says of it. */
interface Signing {
  readonly keyArn: string;
  readonly environment: Readonly<Record<string, string>>;
}

function signingOf(scope: Construct, props: AdminPasswordResetProps): Signing | undefined {
  const keyArn = signingKeyArnOf(scope, props);
  if (keyArn === undefined) return undefined;
  return {
    keyArn,
    environment: {
      [RESET_ENVIRONMENT.signingKeyArn]: keyArn,
      ...(props.messages && { [RESET_ENVIRONMENT.caseInsensitive]: props.messages._caseInsensitive }),
      ...(props.onSigningFailure === OnSigningFailure.FAIL && { [RESET_ENVIRONMENT.failWithoutSignature]: 'true' }),
    },
  };
}

function signingKeyArnOf(scope: Construct, props: AdminPasswordResetProps): string | undefined {
  const { userPool, messages, signingKey } = props;
  if (messages === undefined && signingKey === undefined) {
    if (props.onSigningFailure !== undefined) {
      throw new Error('onSigningFailure: got a value without messages or signingKey, expected one of them as well');
    }
    return undefined;
  }
  if (messages === undefined) {
    return keyArnOf('signingKey', signingKey as IKeyRef);
  }
  if (signingKey !== undefined) {
    throw new Error('signingKey: got a key besides messages, expected one of them: messages have their own key');
  }
  if (Stage.of(scope) !== Stage.of(messages)) {
    throw new Error(
      "messages: got those of another stage, expected those of the same one; sign with their key instead: signingKey: Key.fromKeyArn(this, 'SigningKey', arn), where arn is their signingKeyArn",
    );
  }
  if (ownedUserPoolOf(userPool) !== ownedUserPoolOf(messages.userPool)) {
    throw new Error(
      `messages: got those for the user pool ${messages.userPool.node.path}, expected those for ${userPool.node.path}: give both constructs the same userPool`,
    );
  }
  return messages.signingKeyArn;
}

function warnAboutUnusedMessages(scope: Construct, { userPool, messages, signingKey }: AdminPasswordResetProps): void {
  const resource = ownedUserPoolOf(userPool);
  const unused = resource && messages === undefined && signingKey === undefined ? resetMessagesOf(resource) : undefined;
  if (unused !== undefined) {
    Annotations.of(scope).addWarningV2(
      'cdk-cognito-password-reset:unusedMessages',
      `messages: got none, but the user pool has some (${unused.node.path}), of which resets cannot choose without them: pass them as messages`,
    );
  }
}

function createIdempotencyTable(scope: Construct): ITable {
  const table = new TableV2(scope, 'IdempotencyTable', {
    partitionKey: { name: IDEMPOTENCY_TABLE.partitionKey, type: AttributeType.STRING },
    timeToLiveAttribute: IDEMPOTENCY_TABLE.timeToLiveAttribute,
    // Nothing in it is worth more than the day it is kept for.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  Validations.of(table).acknowledge({
    id: 'AwsSolutions-DDB3',
    reason: 'Records expire after hours: restoring old ones would only refuse resets that are wanted again.',
  });
  return table;
}

function validateAccount(scope: Construct, userPool: IUserPoolRef): void {
  const here = Stack.of(scope).account;
  const there = userPool.env.account;
  if (!Token.isUnresolved(here) && !Token.isUnresolved(there) && here !== there) {
    throw new Error(
      `userPool: got a user pool of account ${there} in a stack of account ${here}, expected the same account: Cognito has no resource policies, so create AdminPasswordReset in the account of the user pool and let principals of other accounts invoke it with grantInvoke`,
    );
  }
}

function validateDurations(props: AdminPasswordResetProps, timeout: Duration, idempotencyExpiresAfter: Duration): void {
  if (!timeout.isUnresolved() && timeout.toSeconds() < RESET_MINIMUM_TIMEOUT_SECONDS) {
    throw new Error(
      `timeout: got ${timeout.toHumanString()}, expected at least ${RESET_MINIMUM_TIMEOUT_SECONDS} seconds: Cognito waits for a trigger up to three times five seconds, and an invocation that is cut off leaves the outcome unknown`,
    );
  }
  if (props.idempotencyExpiresAfter !== undefined && !props.idempotency) {
    throw new Error(
      'idempotencyExpiresAfter: got a value without idempotency, expected idempotency to be true as well',
    );
  }
  const unresolved = timeout.isUnresolved() || idempotencyExpiresAfter.isUnresolved();
  if (!unresolved && idempotencyExpiresAfter.toSeconds() < timeout.toSeconds()) {
    throw new Error(
      `idempotencyExpiresAfter: got ${idempotencyExpiresAfter.toHumanString()}, expected at least the time-out of the function (${timeout.toHumanString()}): a key that is forgotten while its reset runs protects from nothing`,
    );
  }
}

/** At synth, when the properties of the user pool are final. Raw overrides of the template are not looked into. */
function validateAccountRecovery(userPool: IUserPoolRef): string[] {
  const resource = ownedUserPoolOf(userPool);
  const setting = resource?.stack.resolve(resource.accountRecoverySetting);
  const mechanisms: { name?: string }[] = Array.isArray(setting?.recoveryMechanisms) ? setting.recoveryMechanisms : [];
  return mechanisms.some(({ name }) => name === 'admin_only')
    ? [
        'userPool: got a user pool whose account recovery is admin_only (AccountRecovery.NONE), expected one that recovers by email or phone: its users could not set the new password; choose AccountRecovery.EMAIL_ONLY, for example',
      ]
    : [];
}
