import { Annotations, Aspects, Duration, RemovalPolicy, Stack, Stage, Token } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { AttributeType, type ITable, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { type Grant, type IGrantable, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { IDEMPOTENCY_TABLE, RESET_ENVIRONMENT, RESET_METRICS, RESET_MINIMUM_TIMEOUT_SECONDS } from '../contract/reset';
import type { BundledFunctionOptions } from '../function/bundled-function-options';
import { type ResetMessages, resetMessagesOf } from '../messages/reset-messages';
import { acknowledgeRules } from '../private/acknowledge-rules';
import { createArnParameters } from '../private/arn-parameters';
import { assetFolder } from '../private/asset-folder';
import { createBundledFunction } from '../private/bundled-function';
import { functionMetric } from '../private/function-metric';
import { FUNCTION_OPTION_TYPES, functionOptionsOf } from '../private/function-options';
import { grantInvoke } from '../private/invoke-grant';
import { logStatement } from '../private/log-statement';
import { keyArnOf } from '../private/signing-key';
import { templatePropertyOf } from '../private/template-properties';
import { ownedUserPoolOf, userPoolArnOf } from '../private/user-pool-ref';
import { oneOf, type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
import type { ResetTaskJsonataProps, ResetTaskProps } from './reset-task';
import { createJsonataTask, createJsonPathTask, type ResetTaskTarget } from './reset-task-state';

/**
 * What the function does when it cannot sign ClientMetadata, because AWS KMS refuses or does not respond within 1.5
 * seconds.
 */
export enum OnSigningFailure {
  /**
   * Reset the user without a signature. The user gets the message that is sent to users who request a code themselves,
   * whatever template the request selects.
   */
  RESET = 'RESET',
  /** Fail with `ResetNotSentError`. The user is not reset, and no message is sent. */
  FAIL = 'FAIL',
}

/**
 * Properties of {@link AdminPasswordReset}.
 */
export interface AdminPasswordResetProps extends BundledFunctionOptions {
  /**
   * The user pool whose users are reset.
   *
   * An L2, L1 or imported user pool. It must be in the account of this stack, because Cognito has no resource policies.
   * It may be in another Region. Its account recovery must not be `admin_only`, with which users could not set the new
   * password.
   *
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
   */
  readonly userPool: IUserPoolRef;

  /**
   * Whether to revoke the tokens of the user after the reset.
   *
   * A reset alone does not end a session. When the tokens are revoked, the user can no longer refresh them or use them
   * with the APIs of Cognito. Other services still accept an access token until it expires.
   *
   * @default false
   * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUserGlobalSignOut.html
   */
  readonly globalSignOut?: boolean;

  /**
   * Whether requests may have an `idempotencyKey`. Repeated requests with the same key reset the user at most once.
   *
   * This adds a DynamoDB table, which stores keyed digests and no user names.
   *
   * @default false
   * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
   */
  readonly idempotency?: boolean;

  /**
   * How long the function remembers an idempotency key. Requires `idempotency`.
   *
   * It must be longer than all retries of your callers take, and at least the timeout of the function.
   *
   * @default Duration.hours(24)
   */
  readonly idempotencyExpiresAfter?: Duration;

  /**
   * The messages from which a request selects one, with `template` and `locale` in its `clientMetadata`.
   *
   * The function then signs ClientMetadata, so that the custom message trigger can verify it. The `ResetMessages` must
   * be for the same user pool, and in the same stage of the same app; otherwise use `signingKey`.
   *
   * @default - ClientMetadata is not signed, unless there is a `signingKey`
   */
  readonly messages?: ResetMessages;

  /**
   * The key with which the function signs ClientMetadata: that of the `signingKeyArn` of `ResetMessages` in another
   * stage or app.
   *
   * An HMAC_256 key of AWS KMS; an alias is not supported. Set either this or `messages`, not both.
   *
   * @default - the key of `messages`
   * @see https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html
   */
  readonly signingKey?: IKeyRef;

  /**
   * What the function does when it cannot sign ClientMetadata. Requires `messages` or `signingKey`.
   *
   * @default OnSigningFailure.RESET
   */
  readonly onSigningFailure?: OnSigningFailure;

  /**
   * The execution role of the function.
   *
   * Lambda must be allowed to assume it. A policy with the required statements is attached to the role. An imported
   * role that cannot be changed must already have the permissions that `policyStatements` lists.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   * @default - a role of its own, with those statements and no managed policy
   */
  readonly role?: IRole;

  /**
   * The memory size of the function, in MiB: from 128 to 10,240.
   *
   * @default 256
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   */
  readonly memorySize?: number;

  /**
   * The timeout of the function.
   *
   * From 30 seconds to 15 minutes. The minimum is necessary because Cognito waits for a trigger up to three times five
   * seconds, and after a timeout of the function the outcome is unknown. A caller must wait longer than this timeout:
   * otherwise the AWS CLI and SDKs give up and invoke the function again.
   *
   * @default Duration.seconds(30)
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
   */
  readonly timeout?: Duration;

  /**
   * Where AWS Systems Manager Parameter Store keeps the ARN of the function, for callers that do not use the CDK: as
   * `function-arn` under this prefix, such as `/passwords/function-arn`.
   *
   * It begins with a slash, and has no slash at the end. Up to 14 levels of letters, digits, hyphens, underscores and
   * full stops; it must not begin with `/aws` or `/ssm`. The name must be unique in the account and Region, so two
   * constructs of the same class need different prefixes.
   *
   * @default - no parameter
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
   */
  readonly parameterPrefix?: string;
}

/**
 * Options of `AdminPasswordReset.metricFailures`.
 */
export interface FailureMetricOptions extends MetricOptions {
  /**
   * Count only the failures with this error name, such as `UserNotFoundException`.
   *
   * @default - all failures are counted
   */
  readonly errorName?: string;
}

/**
 * A Lambda function that forces a user of one user pool to choose a new password. Its role grants no other permissions.
 *
 * Invoke it with `{ "username": "…" }`. Its result has the fields `status`, `userPoolId`, `httpStatus`, `requestId`,
 * `signedOut` and `replayed`. When it fails, a workflow can match the name of the error: the exceptions of Cognito keep
 * their names, and the function adds `InvalidRequestError`, `ResetNotSentError`, `ResetOutcomeUnknownError`,
 * `GlobalSignOutError` and `IdempotencyInProgressError`. Results, logs, errors, metrics and traces never contain a user
 * name.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html
 *
 * @example
 * const passwordReset = new AdminPasswordReset(this, 'Reset', { userPool, globalSignOut: true });
 * passwordReset.grantInvoke(helpDesk);
 */
export class AdminPasswordReset extends Construct {
  /** The user pool whose users are reset. */
  public readonly userPool: IUserPoolRef;

  /** The Lambda function. Use `grantInvoke` to grant permission to invoke it. */
  public readonly lambdaFunction: IFunction;

  /** The execution role of the function. */
  public readonly role: IRole;

  /** The log group of the function. */
  public readonly logGroup: ILogGroup;

  /** The table with the idempotency records; undefined without `idempotency`. */
  public readonly idempotencyTable?: ITable;

  /** All statements that the execution role needs. Use them for a role to which the CDK cannot attach a policy. */
  public readonly policyStatements: PolicyStatement[];

  /**
   * Whether the function revokes the tokens of the user after the reset.
   *
   * @internal
   */
  public readonly _globalSignOut: boolean;

  /**
   * How the function signs ClientMetadata; undefined if it does not sign.
   *
   * @internal
   */
  public readonly _signing?: Signing;

  /**
   * The messages of the user pool.
   *
   * @internal
   */
  public readonly _messages?: ResetMessages;

  private readonly taskTarget: ResetTaskTarget;

  public constructor(scope: Construct, id: string, props: AdminPasswordResetProps) {
    super(scope, id);
    validateProps(this, AdminPasswordReset, props, PROPERTIES);
    const timeout = props.timeout ?? Duration.seconds(RESET_MINIMUM_TIMEOUT_SECONDS);
    const idempotencyExpiresAfter = props.idempotencyExpiresAfter ?? Duration.hours(24);
    validateAccount(this, props.userPool);
    validateDurations(props, timeout, idempotencyExpiresAfter);
    this.node.addValidation({ validate: () => validateAccountRecovery(props.userPool) });
    Aspects.of(this).add({ visit: (construct) => construct === this && warnAboutUnusedMessages(this, props) });

    this.userPool = props.userPool;
    this.role = props.role ?? new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const functionOptions = functionOptionsOf(this, props);
    this.logGroup = functionOptions.logGroup;
    this.idempotencyTable = props.idempotency ? createIdempotencyTable(this) : undefined;
    this._globalSignOut = props.globalSignOut ?? false;
    this._signing = signingOf(this, props);
    this._messages = props.messages;

    const { lambdaFunction, statements } = createBundledFunction(this, functionOptions, {
      description: 'Forces a user of a Cognito user pool to choose a new password',
      code: Code.fromAsset(assetFolder('reset')),
      memorySize: props.memorySize,
      timeout,
      role: this.role,
      statements: this.requiredStatements(props),
      // By default, Lambda retries a failed asynchronous invocation twice, and an event can wait for hours until it is
      // stale. Lambda may still deliver an event twice: only an idempotency key prevents a second reset.
      // No destination and no dead-letter queue, because they would contain the user name.
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
    this.policyStatements = statements;
    if (props.messages) {
      // The trigger must know a new signing key before this function signs with it.
      lambdaFunction.node.addDependency(props.messages.lambdaFunction);
    }
    this.lambdaFunction = lambdaFunction;
    createArnParameters(this, props.parameterPrefix, [
      {
        id: 'FunctionArn',
        name: 'function-arn',
        description: 'The function that forces a user of a Cognito user pool to choose a new password',
        arn: lambdaFunction.functionArn,
      },
    ]);
    this.taskTarget = {
      lambdaFunction,
      timeout,
      idempotencyExpiresAfter: props.idempotency ? idempotencyExpiresAfter : undefined,
    };
  }

  /**
   * Grants permission to invoke the function: `lambda:InvokeFunction` on its unqualified ARN, without its versions and
   * aliases.
   *
   * @param grantee the principal; a service principal needs a condition on `aws:SourceArn` or `aws:SourceAccount` that
   * names one account. The permission of a service or of another account is added to the resource policy of the
   * function.
   * @throws if the grantee is everyone, or a service on behalf of everyone
   * @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
   */
  public grantInvoke(grantee: IGrantable): Grant {
    return grantInvoke(this, this.lambdaFunction, grantee);
  }

  /**
   * Creates a task that resets a user, for a state machine in JSONPath.
   *
   * Its result has the fields `status`, `userPoolId`, `httpStatus`, `requestId`, `signedOut` and `replayed`, and no
   * personal data. To catch its errors, use the names in `ResetErrors`. The state machine gets permission to invoke the
   * unqualified function, without its versions and aliases.
   *
   * The task retries a throttled invocation for about one minute at most. With an `idempotencyKey`, it also retries
   * errors of Lambda after which the function may have run. It then ends within eight times the timeout of the function
   * plus 85 seconds, which is less than six minutes by default. Add your own retries for `ResetErrors.NOT_SENT`,
   * `ResetErrors.TOO_MANY_REQUESTS` and `ResetErrors.THROTTLING` only.
   *
   * @param scope the scope of the state
   * @param id the id of the construct, and the name of the state unless `stateName` is set
   * @param props the user to reset, and the options of the state
   * @throws if a property is not valid, for example if `username` is a text instead of a path
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
   */
  public task(scope: Construct, id: string, props: ResetTaskProps): LambdaInvoke {
    return createJsonPathTask(scope, id, this.taskTarget, props);
  }

  /**
   * Creates a task that resets a user, as a state in JSONata. It fits a state machine in JSONPath or JSONata.
   *
   * Result, errors and retries are those of `task`.
   *
   * @param scope the scope of the state
   * @param id the id of the construct, and the name of the state unless `stateName` is set
   * @param props the user to reset, and the options of the state
   * @throws if a property is not valid, for example if `username` is a path or a text instead of an expression
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
   */
  public taskJsonata(scope: Construct, id: string, props: ResetTaskJsonataProps): LambdaInvoke {
    return createJsonataTask(scope, id, this.taskTarget, props);
  }

  /**
   * The number of resets that were carried out, without replays.
   *
   * By default, the sum over 5 minutes.
   *
   * @param props options of the metric
   */
  public metricResets(props?: MetricOptions): Metric {
    return this.metric(RESET_METRICS.resets, {}, props);
  }

  /**
   * The number of invocations that failed, in total or with one error name.
   *
   * By default, the sum over 5 minutes. The total is a separate metric, because CloudWatch does not aggregate custom
   * metrics across dimensions.
   *
   * @param props options of the metric
   */
  public metricFailures(props: FailureMetricOptions = {}): Metric {
    const { errorName, ...options } = props;
    return this.metric(
      RESET_METRICS.failures,
      errorName ? { [RESET_METRICS.errorNameDimension]: errorName } : {},
      options,
    );
  }

  /**
   * The number of resets whose ClientMetadata could not be signed.
   *
   * By default, the sum over 5 minutes.
   *
   * @param props options of the metric
   */
  public metricSigningFailures(props?: MetricOptions): Metric {
    return this.metric(RESET_METRICS.signingFailures, {}, props);
  }

  /**
   * The duration of invocations, in milliseconds.
   *
   * By default, the average over 5 minutes.
   *
   * @param props options of the metric
   */
  public metricDuration(props?: MetricOptions): Metric {
    return this.lambdaFunction.metricDuration(props);
  }

  private metric(metricName: string, dimensions: Record<string, string>, options?: MetricOptions): Metric {
    return functionMetric(this, this.lambdaFunction, metricName, dimensions, options);
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
    return statements;
  }
}

const PROPERTIES: PropertyTypes<AdminPasswordResetProps> = {
  required: {
    userPool: TYPES.userPool,
  },
  optional: {
    globalSignOut: TYPES.boolean,
    idempotency: TYPES.boolean,
    idempotencyExpiresAfter: TYPES.duration,
    messages: TYPES.messages,
    signingKey: TYPES.keyRef,
    onSigningFailure: oneOf('OnSigningFailure', OnSigningFailure),
    role: TYPES.role,
    memorySize: TYPES.number,
    timeout: TYPES.duration,
    ...FUNCTION_OPTION_TYPES,
    parameterPrefix: TYPES.text,
  },
};

/** What a function needs to sign ClientMetadata: the signing key, and environment variables. */
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
    return keyArnOf(scope, 'signingKey', signingKey as IKeyRef);
  }
  if (signingKey !== undefined) {
    throw new Error('signingKey: got a key and messages, expected only one of them: messages have their own key');
  }
  if (Stage.of(scope) !== Stage.of(messages)) {
    throw new Error(
      "messages: got ResetMessages of another stage, expected ResetMessages of the same stage: pass their key instead, signingKey: Key.fromKeyArn(this, 'SigningKey', arn), where arn is their signingKeyArn",
    );
  }
  const owned = [userPool, messages.userPool].map(ownedUserPoolOf);
  const isSame = owned[0] === owned[1] && (owned[0] !== undefined || isSameImported(userPool, messages.userPool));
  if (!isSame) {
    throw new Error(
      `messages: got ResetMessages of the user pool ${messages.userPool.node.path}, expected ResetMessages of ${userPool.node.path}: give both constructs the same userPool`,
    );
  }
  return messages.signingKeyArn;
}

/** Two imports of one user pool are the same. Ids that are not known before the deployment may be. */
function isSameImported(...userPools: [IUserPoolRef, IUserPoolRef]): boolean {
  const [first, second] = userPools.map(({ userPoolRef }) => userPoolRef.userPoolId);
  return first === second || Token.isUnresolved(first) || Token.isUnresolved(second);
}

function warnAboutUnusedMessages(scope: Construct, { userPool, messages, signingKey }: AdminPasswordResetProps): void {
  const resource = ownedUserPoolOf(userPool);
  const unused = resource && messages === undefined && signingKey === undefined ? resetMessagesOf(resource) : undefined;
  if (unused !== undefined) {
    Annotations.of(scope).addWarningV2(
      'cdk-cognito-password-reset:unusedMessages',
      `messages: got none, but the user pool has ${unused.node.path}: pass it as messages, so that resets can select one of its messages`,
    );
  }
}

function createIdempotencyTable(scope: Construct): ITable {
  const table = new TableV2(scope, 'IdempotencyTable', {
    partitionKey: { name: IDEMPOTENCY_TABLE.partitionKey, type: AttributeType.STRING },
    timeToLiveAttribute: IDEMPOTENCY_TABLE.timeToLiveAttribute,
    // The records are needed only until they expire.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledgeRules(table, {
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
      `timeout: got ${timeout.toHumanString()}, expected at least ${RESET_MINIMUM_TIMEOUT_SECONDS} seconds: Cognito waits for a trigger up to three times five seconds, and after a timeout of the function the outcome is unknown`,
    );
  }
  if (props.idempotencyExpiresAfter !== undefined && !props.idempotency) {
    throw new Error(
      'idempotencyExpiresAfter: got a value without idempotency, expected it with idempotency only: set idempotency to true',
    );
  }
  const unresolved = timeout.isUnresolved() || idempotencyExpiresAfter.isUnresolved();
  if (!unresolved && idempotencyExpiresAfter.toSeconds() < timeout.toSeconds()) {
    throw new Error(
      `idempotencyExpiresAfter: got ${idempotencyExpiresAfter.toHumanString()}, expected at least the timeout of the function (${timeout.toHumanString()}): a key that expires while its reset is in progress does not prevent a second reset`,
    );
  }
}

/** Runs at synth, when the properties of the user pool are final. What only the deployment decides passes. */
function validateAccountRecovery(userPool: IUserPoolRef): string[] {
  const resource = ownedUserPoolOf(userPool);
  const setting = resource && templatePropertyOf(resource, 'AccountRecoverySetting', 'RecoveryMechanisms');
  const mechanisms: { Name?: string }[] = Array.isArray(setting) ? setting : [];
  return mechanisms.some(({ Name }) => Name === 'admin_only')
    ? [
        'userPool: got a user pool whose account recovery is admin_only (AccountRecovery.NONE), expected one that recovers by email or phone: its users could not set the new password; choose AccountRecovery.EMAIL_ONLY, for example',
      ]
    : [];
}
