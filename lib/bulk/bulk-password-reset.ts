import { Aws, Duration, Fn, Names, Token } from 'aws-cdk-lib';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type IFunction, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { STEPFUNCTIONS_USE_DISTRIBUTED_MAP_RESULT_WRITER_V2 } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { CAMPAIGN_METRICS, CAMPAIGN_PREFIXES, DEFAULT_SMS_PRICE } from '../contract/campaign';
import type { BundledFunctionOptions } from '../function/bundled-function-options';
import { createArnParameters } from '../private/arn-parameters';
import { functionMetric } from '../private/function-metric';
import { FUNCTION_OPTION_TYPES, functionOptionsOf } from '../private/function-options';
import { validateGrantee } from '../private/grantee';
import { ownedUserPoolOf } from '../private/user-pool-ref';
import { type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
import type { AdminPasswordReset } from '../reset/admin-password-reset';
import type { SmsReadiness } from '../sms/sms-readiness';
import { type CampaignPace, campaignPace } from './campaign-pace';
import { createCampaignFunctions } from './functions';
import { allowLogDelivery, createStateMachine } from './state-machine';
import { createBucket, createEncryptionKey, createLedger, validateLedger, viaS3Condition } from './storage';

/**
 * Your own roles for the functions and state machines of {@link BulkPasswordReset}.
 *
 * A policy with the required statements is attached to each role. Use a different role for each property: a role that
 * is used twice has the permissions of both.
 */
export interface BulkPasswordResetRoles {
  /**
   * The execution role of the function that checks a campaign before the first message.
   *
   * Lambda must be allowed to assume it.
   *
   * @default - a role of its own
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   */
  readonly preflight?: IRole;

  /**
   * The execution role of the function that lists users.
   *
   * Lambda must be allowed to assume it.
   *
   * @default - a role of its own
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   */
  readonly listing?: IRole;

  /**
   * The execution role of the function that resets users.
   *
   * Lambda must be allowed to assume it.
   *
   * @default - a role of its own
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   */
  readonly worker?: IRole;

  /**
   * The execution role of the function that writes the report.
   *
   * Lambda must be allowed to assume it.
   *
   * @default - a role of its own
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   */
  readonly summary?: IRole;

  /**
   * The role of the state machine that resets users.
   *
   * AWS Step Functions must be allowed to assume it, for the state machine and for the child executions of its map.
   *
   * @default - a role of its own, which AWS Step Functions can assume for that state machine and what belongs to it only
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
   */
  readonly campaign?: IRole;

  /**
   * The role of the state machine for dry runs, which never resets a user.
   *
   * AWS Step Functions must be allowed to assume it, for the state machine and for the child executions of its map.
   *
   * @default - a role of its own, which AWS Step Functions can assume for that state machine and what belongs to it only
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
   */
  readonly dryRun?: IRole;
}

/**
 * Properties of {@link BulkPasswordReset}.
 */
export interface BulkPasswordResetProps extends BundledFunctionOptions {
  /** The reset of one user. Campaigns use its user pool, its signing of ClientMetadata and its `globalSignOut`. */
  readonly passwordReset: AdminPasswordReset;

  /**
   * The maximum number of resets per second, for all workers and campaigns of this construct together.
   *
   * From 0.1 to 24, or to 20 with `globalSignOut`; for more, see `useWholeQuota`. Resets share a quota of 30 requests
   * per second with users who recover their own accounts.
   *
   * @default 10
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly maxResetsPerSecond?: number;

  /**
   * Whether `maxResetsPerSecond` may be up to 30, or up to 25 with `globalSignOut`, which is the whole quota of an
   * account in a Region.
   *
   * Users who set their new password at the same time share the quota, and so do the users of the other user pools of
   * the account: Cognito then throttles them.
   *
   * @default false
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly useWholeQuota?: boolean;

  /**
   * The maximum number of users that a campaign may reset, even if its input confirms more.
   *
   * @default - the number that the input confirms is the only limit
   */
  readonly maxUsers?: number;

  /**
   * Whether a campaign over a list must confirm the SHA-256 of the list, in `confirm.listDigest`.
   *
   * Without it, a caller that can write into the bucket can exchange a list after it was reviewed in a dry run. Dry runs,
   * which report the digest, need none.
   *
   * @default false
   */
  readonly requireListDigest?: boolean;

  /**
   * Checks whether SMS messages can be sent. A campaign that would send codes by SMS invokes it before the first
   * message.
   *
   * It must be for the same user pool.
   *
   * @default - a campaign does not check whether SMS messages can be sent
   */
  readonly smsReadiness?: SmsReadiness;

  /**
   * The estimated price of one SMS message, in US dollars. A campaign is refused if its estimated cost is more than
   * what is left of the monthly spend limit.
   *
   * Prices differ widely between countries. Without `smsReadiness`, it is ignored.
   *
   * @default 0.05
   * @see https://aws.amazon.com/end-user-messaging/pricing/
   */
  readonly smsPrice?: number;

  /**
   * How long lists, reports and records of the ledger are kept.
   *
   * Whole days, at least 30. An execution can be redriven for 14 days after it ended. If the ledger records of its
   * users had expired by then, these users could be sent a second message.
   *
   * @default Duration.days(90)
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   */
  readonly expiresAfter?: Duration;

  /**
   * The key that encrypts the execution histories and the default bucket.
   *
   * A symmetric key of AWS KMS in this Region; an alias is not supported. The key policy of an imported key must allow
   * the roles of this construct to use the key, and `delivery.logs.amazonaws.com` to decrypt with it in the encryption
   * context of logs.
   *
   * @default - a key of its own, which is rotated every year and retained when the stack is deleted
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-bus-logs.html
   */
  readonly encryptionKey?: IKey;

  /**
   * The bucket for lists, listings, their ranges, results and reports, under `input/`, `listings/`, `ranges/`, `results/`
   * and `reports/`.
   *
   * It must be in the account and Region of this stack, and not shared with another `BulkPasswordReset`. Its objects
   * identify users by their `sub`, and lists and listings contain user names: the bucket should be private and encrypted, and its
   * objects should expire. If the bucket is imported and encrypted with a key of AWS KMS, import it with its
   * `encryptionKey`.
   *
   * @default - a bucket of its own, which is encrypted with `encryptionKey` and retained when the stack is deleted. Its
   * objects expire after `expiresAfter`.
   */
  readonly bucket?: IBucket;

  /**
   * The table that records which users a campaign has claimed and reset. It prevents second messages.
   *
   * A table with the partition key `campaign` and the sort key `user`, both strings, and the time-to-live attribute
   * `expiresAt`. It must be in this Region, and not shared with another `BulkPasswordReset`. If it has a customer
   * managed key, the key policy must allow the roles of the functions to use the key.
   *
   * @default - a table of its own, which is retained when the stack is deleted. It can be restored to any second of the
   * last 35 days.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
   */
  readonly ledger?: ITable;

  /**
   * The log group of the state machines. It contains the states of each execution, without execution data.
   *
   * Its name should begin with `/aws/vendedlogs/`. Each log group with another name adds to the resource policy of
   * CloudWatch Logs, whose size is limited.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
   * @default - a log group of its own, which is kept for two years and retained when the stack is deleted
   */
  readonly stateMachineLogGroup?: ILogGroup;

  /**
   * Your own roles for the functions and state machines.
   *
   * A policy with the required statements is attached to each role. It must be a role that the CDK can change.
   *
   * @default - a role of its own for each, with the required statements and no managed policy
   */
  readonly roles?: BulkPasswordResetRoles;

  /**
   * Where AWS Systems Manager Parameter Store keeps the ARNs of the state machines, for callers that do not use the CDK:
   * as `campaign-state-machine-arn` and `dry-run-state-machine-arn` under this prefix.
   *
   * It begins with a slash, such as `/passwords`, and has no slash at the end. Up to 14 levels of letters, digits,
   * hyphens, underscores and full stops; it must not begin with `/aws` or `/ssm`. The names must be unique in the account
   * and Region, so two constructs of the same class need different prefixes. That of `passwordReset` may be the same.
   *
   * @default - no parameters
   * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
   */
  readonly parameterPrefix?: string;
}

/**
 * Forces all users of a user pool, or the users of a list, to choose a new password. This is called a campaign.
 *
 * An AWS Step Functions state machine checks the campaign, lists the users, resets them in a Distributed Map, and
 * reports. Start it with
 *
 * ```json
 * { "campaignId": "breach-1", "confirm": { "userPoolId": "…", "expectedUsers": 12000 }, "dryRun": true }
 * ```
 *
 * and optionally `clientMetadata`, a `list`, which is the key of an object under `input/` in the bucket, and an
 * `audience`, which is `RESET_REQUIRED` for a campaign that reminds those who have not set a new password. The output
 * has totals by outcome and reason, and the location of the report on each user. A campaign sends a user at most one
 * message, even if it is redriven or started again with the same `campaignId`.
 *
 * A principal that may start a campaign can lock every user out of an application. Use `grantStart` with care, and
 * `grantStartDryRun` for a state machine that never resets a user.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 *
 * @example
 * const bulk = new BulkPasswordReset(this, 'Bulk', { passwordReset, maxUsers: 20000 });
 * bulk.grantStart(responder);
 */
export class BulkPasswordReset extends Construct {
  /** The state machine that resets users. Use `grantStart` to grant permission to start it. */
  public readonly campaignStateMachine: IStateMachine;

  /** The state machine that never resets a user. Use `grantStartDryRun` to grant permission to start it. */
  public readonly dryRunStateMachine: IStateMachine;

  /** The bucket for lists, listings, ranges, results and reports, each under the prefix of its name; lists under `input/`. */
  public readonly bucket: IBucket;

  /** The table that records which users a campaign has claimed and reset. */
  public readonly ledger: ITable;

  /** The key that encrypts the execution histories and the default bucket. */
  public readonly encryptionKey: IKey;

  /** The log group of the functions. */
  public readonly logGroup: ILogGroup;

  /** The log group of the state machines. */
  public readonly stateMachineLogGroup: ILogGroup;

  private readonly worker: IFunction;

  public constructor(scope: Construct, id: string, props: BulkPasswordResetProps) {
    super(scope, id);
    validateProps(this, BulkPasswordReset, props, PROPERTIES);
    const { passwordReset, smsReadiness, roles = {} } = props;
    const expiresAfter = props.expiresAfter ?? Duration.days(90);
    const pace = campaignPace({
      maxResetsPerSecond: props.maxResetsPerSecond,
      useWholeQuota: props.useWholeQuota,
      globalSignOut: passwordReset._globalSignOut,
    });
    validateNumbers(props);
    validateConcurrency(props, pace);
    validateExpiresAfter(expiresAfter);
    validateSmsReadiness(passwordReset, smsReadiness);
    // Without this flag, the CDK silently omits the result writer. It must be set before the construct has children.
    this.node.setContext(STEPFUNCTIONS_USE_DISTRIBUTED_MAP_RESULT_WRITER_V2, true);

    this.encryptionKey = props.encryptionKey ?? createEncryptionKey(this);
    this.bucket = props.bucket ?? createBucket(this, this.encryptionKey, expiresAfter);
    this.ledger = props.ledger ? validateLedger(props.ledger) : createLedger(this);
    const functionOptions = functionOptionsOf(this, props);
    this.logGroup = functionOptions.logGroup;
    this.stateMachineLogGroup = props.stateMachineLogGroup ?? createStateMachineLogGroup(this);

    const functions = createCampaignFunctions(this, {
      passwordReset,
      bucket: this.bucket,
      ledger: this.ledger,
      expiresAfter,
      pace,
      maxUsers: props.maxUsers,
      requireListDigest: props.requireListDigest ?? false,
      smsReadiness,
      smsPrice: props.smsPrice ?? DEFAULT_SMS_PRICE,
      functionOptions,
      roles,
    });
    this.worker = functions.worker;
    allowLogDelivery(this, this.encryptionKey);
    const shared = {
      functions,
      bucket: this.bucket,
      pace,
      signsMetadata: passwordReset._signing !== undefined,
      encryptionKey: this.encryptionKey,
      logGroup: this.stateMachineLogGroup,
      tracingEnabled: props.tracing === Tracing.ACTIVE,
    };
    this.campaignStateMachine = createStateMachine(new Construct(this, 'Campaign'), {
      ...shared,
      dryRunOnly: false,
      role: roles.campaign,
    });
    this.dryRunStateMachine = createStateMachine(new Construct(this, 'DryRun'), {
      ...shared,
      dryRunOnly: true,
      role: roles.dryRun,
    });
    createArnParameters(this, props.parameterPrefix, [
      {
        id: 'CampaignStateMachineArn',
        name: 'campaign-state-machine-arn',
        description: 'The state machine that forces the users of a Cognito user pool to choose new passwords',
        arn: this.campaignStateMachine.stateMachineArn,
      },
      {
        id: 'DryRunStateMachineArn',
        name: 'dry-run-state-machine-arn',
        description: 'The state machine that says what a campaign would do, and never resets a user',
        arn: this.dryRunStateMachine.stateMachineArn,
      },
    ]);
  }

  /**
   * Grants permission to start campaigns: `states:StartExecution` on the state machine that resets users, and use of
   * the key that encrypts its input.
   *
   * The principal can lock out every user of the user pool.
   *
   * @param grantee the principal
   * @throws if the grantee is everyone
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   */
  public grantStart(grantee: IGrantable): Grant {
    return this.grantStartOf(this.campaignStateMachine, grantee);
  }

  /**
   * Grants permission to start dry runs: `states:StartExecution` on the state machine that never resets a user, and use
   * of the key that encrypts its input.
   *
   * @param grantee the principal
   * @throws if the grantee is everyone
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   */
  public grantStartDryRun(grantee: IGrantable): Grant {
    return this.grantStartOf(this.dryRunStateMachine, grantee);
  }

  /**
   * Grants permission to list and read the reports, but no other objects of the bucket.
   *
   * @param grantee the principal
   * @throws if the grantee is everyone
   */
  public grantReadReports(grantee: IGrantable): Grant {
    validateGrantee(this, grantee);
    const prefix = `${CAMPAIGN_PREFIXES.reports}*`;
    const list = Grant.addToPrincipal({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.bucket.bucketArn],
      conditions: { StringLike: { 's3:prefix': prefix } },
    });
    const read = Grant.addToPrincipal({
      grantee,
      actions: ['s3:GetObject'],
      resourceArns: [this.bucket.arnForObjects(prefix)],
    });
    return this.withBucketKey(list.combine(read), grantee, ['kms:Decrypt']);
  }

  /**
   * Grants permission to write lists of users under `input/` in the bucket, but not to read them.
   *
   * @param grantee the principal
   * @throws if the grantee is everyone
   */
  public grantWriteLists(grantee: IGrantable): Grant {
    validateGrantee(this, grantee);
    const write = Grant.addToPrincipal({
      grantee,
      actions: ['s3:PutObject'],
      resourceArns: [this.bucket.arnForObjects(`${CAMPAIGN_PREFIXES.input}*`)],
    });
    // The multipart upload of a long list must be able to decrypt its parts.
    return this.withBucketKey(write, grantee, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /**
   * The number of users that campaigns reset.
   *
   * By default, the sum over 5 minutes.
   *
   * @param props options of the metric
   */
  public metricCampaignResets(props?: MetricOptions): Metric {
    return this.metric(CAMPAIGN_METRICS.resets, props);
  }

  /**
   * The number of resets that were certainly not carried out. The next run of the campaign tries again.
   *
   * By default, the sum over 5 minutes.
   *
   * @param props options of the metric
   */
  public metricCampaignNotSent(props?: MetricOptions): Metric {
    return this.metric(CAMPAIGN_METRICS.notSent, props);
  }

  /**
   * The number of resets that may have been carried out. No run of the campaign tries again.
   *
   * By default, the sum over 5 minutes.
   *
   * @param props options of the metric
   */
  public metricCampaignUnknownOutcomes(props?: MetricOptions): Metric {
    return this.metric(CAMPAIGN_METRICS.unknown, props);
  }

  /**
   * The number of requests of campaigns that Cognito throttled.
   *
   * By default, the sum over 5 minutes.
   *
   * @param props options of the metric
   */
  public metricCampaignThrottles(props?: MetricOptions): Metric {
    return this.metric(CAMPAIGN_METRICS.throttles, props);
  }

  /**
   * The duration of campaigns, in milliseconds. Executions of the state machine for dry runs are not counted.
   *
   * By default, the average over 5 minutes.
   *
   * @param props options of the metric
   */
  public metricCampaignDuration(props?: MetricOptions): Metric {
    return this.campaignStateMachine.metricTime(props);
  }

  /**
   * Creates an Amazon EventBridge rule for the end of campaigns and dry runs: `SUCCEEDED`, `FAILED`, `TIMED_OUT` or
   * `ABORTED`.
   *
   * The events of AWS Step Functions contain input and output, and with them `clientMetadata`. It is not known whether
   * they do so when the state machine has a customer managed key. So select what the target receives:
   *
   * ```ts
   * const text = `${EventField.fromPath('$.detail.name')}: ${EventField.fromPath('$.detail.status')}`;
   * bulk.onCampaignEnd('Ended', { target: new SnsTopic(topic, { message: RuleTargetInput.fromText(text) }) });
   * ```
   *
   * @param id the id of the rule
   * @param options the target, and options of the rule
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
   */
  public onCampaignEnd(id: string, options: OnEventOptions = {}): Rule {
    const rule = new Rule(options.crossStackScope ?? this, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [this.campaignStateMachine.stateMachineArn, this.dryRunStateMachine.stateMachineArn],
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    });
    return rule;
  }

  private grantStartOf({ stateMachineArn }: IStateMachine, grantee: IGrantable): Grant {
    validateGrantee(this, grantee);
    const start = Grant.addToPrincipal({
      grantee,
      actions: ['states:StartExecution'],
      resourceArns: [stateMachineArn],
    });
    // AWS Step Functions encrypts the input with the permissions of the caller.
    const encrypt = Grant.addToPrincipal({
      grantee,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resourceArns: [this.encryptionKey.keyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': stateMachineArn } },
    });
    return start.combine(encrypt);
  }

  private withBucketKey(grant: Grant, grantee: IGrantable, actions: string[]): Grant {
    const { encryptionKey } = this.bucket;
    if (encryptionKey === undefined) return grant;
    const key = Grant.addToPrincipal({
      grantee,
      actions,
      resourceArns: [encryptionKey.keyArn],
      conditions: viaS3Condition(this),
    });
    return grant.combine(key);
  }

  private metric(metricName: string, options?: MetricOptions): Metric {
    return functionMetric(this, this.worker, metricName, {}, options);
  }
}

const PROPERTIES: PropertyTypes<BulkPasswordResetProps> = {
  required: {
    passwordReset: TYPES.passwordReset,
  },
  optional: {
    maxResetsPerSecond: TYPES.number,
    useWholeQuota: TYPES.boolean,
    maxUsers: TYPES.number,
    requireListDigest: TYPES.boolean,
    smsReadiness: TYPES.smsReadiness,
    smsPrice: TYPES.number,
    expiresAfter: TYPES.duration,
    encryptionKey: TYPES.key,
    bucket: TYPES.bucket,
    ledger: TYPES.table,
    ...FUNCTION_OPTION_TYPES,
    stateMachineLogGroup: TYPES.logGroup,
    roles: TYPES.roles,
    parameterPrefix: TYPES.text,
  },
};

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html */
function createStateMachineLogGroup(scope: Construct): ILogGroup {
  // The log group is retained. The stack id lets a later stack with the same name create its own log group.
  const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  const name = Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' });
  return new LogGroup(scope, 'StateMachineLogGroup', { logGroupName: `/aws/vendedlogs/states/${name}-${stackId}` });
}

function validateNumbers({ maxUsers, smsPrice }: BulkPasswordResetProps): void {
  if (maxUsers !== undefined && !Token.isUnresolved(maxUsers) && !(Number.isInteger(maxUsers) && maxUsers > 0)) {
    throw new Error(
      `maxUsers: got ${maxUsers}, expected a positive integer: leave it out if the number that the input confirms is the only limit`,
    );
  }
  if (smsPrice !== undefined && !Token.isUnresolved(smsPrice) && !(smsPrice >= 0 && smsPrice < Infinity)) {
    throw new Error(`smsPrice: got ${smsPrice}, expected the price of one SMS message in US dollars, such as 0.05`);
  }
}

/** Lambda would throttle workers beyond the concurrency that is reserved, and a campaign would wait for their retries. */
function validateConcurrency(
  { reservedConcurrentExecutions: reserved }: BulkPasswordResetProps,
  { workers }: CampaignPace,
): void {
  if (reserved !== undefined && !Token.isUnresolved(reserved) && reserved < workers) {
    throw new Error(
      `reservedConcurrentExecutions: got ${reserved}, expected at least ${workers}, the number of workers at this maxResetsPerSecond: reserve more, or leave it out`,
    );
  }
}

/** Covers 14 days for redriving an execution, and as many days for the execution itself. */
const MINIMUM_DAYS = 30;

function validateExpiresAfter(expiresAfter: Duration): void {
  if (expiresAfter.isUnresolved()) return;
  const days = expiresAfter.toDays({ integral: false });
  if (!Number.isInteger(days) || days < MINIMUM_DAYS) {
    throw new Error(
      `expiresAfter: got ${expiresAfter.toHumanString()}, expected whole days, and at least ${MINIMUM_DAYS}: a campaign can be redriven for 14 days after it ended, and users whose ledger records have expired by then could be sent a second message`,
    );
  }
}

/** Compares the user pools only if this app creates both. */
function validateSmsReadiness({ userPool }: AdminPasswordReset, smsReadiness: SmsReadiness | undefined): void {
  const expected = ownedUserPoolOf(userPool);
  const got = smsReadiness && ownedUserPoolOf(smsReadiness._userPool);
  if (expected !== undefined && got !== undefined && got !== expected) {
    throw new Error(
      `smsReadiness: got SmsReadiness of the user pool ${smsReadiness?._userPool.node.path}, expected SmsReadiness of ${userPool.node.path}: new SmsReadiness(this, 'SmsReadiness', { delivery }), where delivery is an SmsDelivery or SnsSmsDelivery of this user pool`,
    );
  }
}
