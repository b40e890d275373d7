import { Aws, Duration, Fn, Names, Token } from 'aws-cdk-lib';
import { type IMetric, Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { STEPFUNCTIONS_USE_DISTRIBUTED_MAP_RESULT_WRITER_V2 } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { CAMPAIGN_METRICS, CAMPAIGN_PREFIXES } from '../contract/campaign';
import { RESET_METRICS } from '../contract/reset';
import { ownedUserPoolOf } from '../private/user-pool-ref';
import type { AdminPasswordReset } from '../reset/admin-password-reset';
import type { SmsReadiness } from '../sms/sms-readiness';
import { campaignPace } from './campaign-pace';
import { createCampaignFunctions } from './functions';
import { createStateMachine } from './state-machine';
import { createBucket, createEncryptionKey, createLedger, validateLedger, viaS3Condition } from './storage';

/**
 * The roles behind a {@link BulkPasswordReset}.
 *
 * The statements they need are added to them. Each is for one purpose: a role in two places would have the permissions
 * of both.
 */
export interface BulkPasswordResetRoles {
  /**
   * The execution role of the function that checks whether a campaign may begin.
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
   * The execution role of the function that reports.
   *
   * Lambda must be allowed to assume it.
   *
   * @default - a role of its own
   * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
   */
  readonly summary?: IRole;

  /**
   * The role of the state machine that resets.
   *
   * AWS Step Functions must be allowed to assume it.
   *
   * @default - a role of its own, which AWS Step Functions can assume for that state machine only
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
   */
  readonly campaign?: IRole;

  /**
   * The role of the state machine that never resets.
   *
   * AWS Step Functions must be allowed to assume it.
   *
   * @default - a role of its own, which AWS Step Functions can assume for that state machine only
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
   */
  readonly dryRun?: IRole;
}

/**
 * Properties of {@link BulkPasswordReset}.
 */
export interface BulkPasswordResetProps {
  /** How one user is reset: the user pool, the signing of ClientMetadata and `globalSignOut` are those of this. */
  readonly passwordReset: AdminPasswordReset;

  /**
   * How many users a campaign resets in a second, over all its workers.
   *
   * From 0.1 to 24, or to 20 with `globalSignOut`; see `useWholeQuota` for more. Resets share a quota of 30 requests a
   * second with all that users do themselves to recover their accounts. All campaigns together keep to this number.
   *
   * @default 10
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly maxResetsPerSecond?: number;

  /**
   * Whether `maxResetsPerSecond` may be up to 30, or up to 25 with `globalSignOut`: all that Cognito takes of an
   * account in a Region.
   *
   * Users who set their new password meanwhile share the quota: they are throttled, as is everybody in the other user
   * pools of the account.
   *
   * @default false
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
   */
  readonly useWholeQuota?: boolean;

  /**
   * The most users that a campaign may reset, whatever its input confirms.
   *
   * @default - no limit but the number that the input confirms
   */
  readonly maxUsers?: number;

  /**
   * Reports whether SMS can be sent. It is asked before the first message, when codes would go out by SMS.
   *
   * It must be for the same user pool.
   *
   * @default - whether SMS can be sent is not checked
   */
  readonly smsReadiness?: SmsReadiness;

  /**
   * What an SMS is estimated to cost, in US dollars: a campaign does not begin when that is more than is left of the
   * spend limit.
   *
   * Prices are very different from one country to the next. Used with `smsReadiness` only.
   *
   * @default 0.05
   * @see https://aws.amazon.com/end-user-messaging/pricing/
   */
  readonly smsPrice?: number;

  /**
   * How long lists, reports and the ledger are kept.
   *
   * Whole days, at least 30: an execution can be redriven for 14 days after it ended, and a ledger that has forgotten
   * its first users by then would let them be sent a second message.
   *
   * @default Duration.days(90)
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   */
  readonly expiresAfter?: Duration;

  /**
   * The key that the bucket and the execution histories are encrypted with.
   *
   * A symmetric key of AWS KMS in this Region, by the ARN of the key and not of an alias. The policy of an imported key
   * must let the roles of this construct use it, and `delivery.logs.amazonaws.com` decrypt with it.
   *
   * @default - a key of its own, which is rotated every year and retained when the stack is deleted
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   */
  readonly encryptionKey?: IKey;

  /**
   * Where lists, results and reports lie, under `input/`, `listings/`, `results/` and `reports/`.
   *
   * In the account and Region of this stack, and not shared with another `BulkPasswordReset`. What is in it names users, if only by their `sub`: it should be encrypted,
   * private and forget its objects. Import one that has a key of AWS KMS with its `encryptionKey`.
   *
   * @default - a bucket of its own, which is encrypted with `encryptionKey`, forgets its objects and is retained when
   * the stack is deleted
   */
  readonly bucket?: IBucket;

  /**
   * Which users were claimed, reset, or not: the memory that keeps a second message from being sent.
   *
   * A table with the partition key `campaign`, the sort key `user`, both strings, and the time-to-live attribute
   * `expiresAt`, in this Region, and not shared with another `BulkPasswordReset`. A customer managed key of it must let the roles of the functions use it.
   *
   * @default - a table of its own, which can be restored to any second of the last 35 days and is retained when the
   * stack is deleted
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
   */
  readonly ledger?: ITable;

  /**
   * Where the functions write their logs: JSON lines without personal data.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
   * @default - a log group of its own, which is kept for two years and retained when the stack is deleted
   */
  readonly logGroup?: ILogGroup;

  /**
   * Where the state machines write which states they were in, without any data.
   *
   * Its name should begin with `/aws/vendedlogs/`: with each of the others grows the resource policy of CloudWatch
   * Logs, which is limited.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
   * @default - a log group of its own, which is kept for two years and retained when the stack is deleted
   */
  readonly stateMachineLogGroup?: ILogGroup;

  /**
   * Roles of yours.
   *
   * They must be roles that statements can be added to.
   *
   * @default - a role of its own for each, with the statements it needs and no managed policy
   */
  readonly roles?: BulkPasswordResetRoles;
}

/**
 * Forces all users of a user pool, or those of a list, to choose a new password: a campaign.
 *
 * A state machine of AWS Step Functions checks whether it may begin, lists the users, resets them in a Distributed Map
 * and reports. Start it with
 *
 * ```json
 * { "campaignId": "breach-1", "confirm": { "userPoolId": "…", "expectedUsers": 12000 }, "dryRun": true }
 * ```
 *
 * and optionally a `list`, which is the key of an object under `input/` in the bucket, and `clientMetadata`. Its output
 * has totals by outcome and reason, and says where the report on each user lies. No user is sent more than one message
 * by a campaign, however often it is started with the same `campaignId` or redriven.
 *
 * Who may start it can lock every user out of an application: see `grantStart`, and `grantStartDryRun` for a state
 * machine that never resets.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export class BulkPasswordReset extends Construct {
  /** The state machine that resets. Use `grantStart` to let somebody start it. */
  public readonly campaignStateMachine: IStateMachine;

  /** The state machine that does everything but reset. Use `grantStartDryRun` to let somebody start it. */
  public readonly dryRunStateMachine: IStateMachine;

  /** Where lists, results and reports lie, under `input/`, `listings/`, `results/` and `reports/`. */
  public readonly bucket: IBucket;

  /** The memory of who was reset. */
  public readonly ledger: ITable;

  /** The key that the bucket and the execution histories are encrypted with. */
  public readonly encryptionKey: IKey;

  /** Where the functions write their logs. */
  public readonly logGroup: ILogGroup;

  /** Where the state machines write their logs. */
  public readonly stateMachineLogGroup: ILogGroup;

  private readonly worker: IFunction;

  public constructor(scope: Construct, id: string, props: BulkPasswordResetProps) {
    super(scope, id);
    const { passwordReset, smsReadiness, roles = {} } = props;
    const expiresAfter = props.expiresAfter ?? Duration.days(90);
    const pace = campaignPace({
      maxResetsPerSecond: props.maxResetsPerSecond,
      useWholeQuota: props.useWholeQuota,
      globalSignOut: passwordReset._globalSignOut,
    });
    validateNumbers(props);
    validateExpiresAfter(expiresAfter);
    validateSmsReadiness(passwordReset, smsReadiness);
    // Without it the CDK leaves the result writer out, and says nothing. Before there are children.
    this.node.setContext(STEPFUNCTIONS_USE_DISTRIBUTED_MAP_RESULT_WRITER_V2, true);

    this.encryptionKey = props.encryptionKey ?? createEncryptionKey(this);
    this.bucket = props.bucket ?? createBucket(this, this.encryptionKey, expiresAfter);
    this.ledger = props.ledger ? validateLedger(props.ledger) : createLedger(this);
    this.logGroup = props.logGroup ?? new LogGroup(this, 'LogGroup');
    this.stateMachineLogGroup = props.stateMachineLogGroup ?? createStateMachineLogGroup(this);

    const functions = createCampaignFunctions(this, {
      passwordReset,
      bucket: this.bucket,
      ledger: this.ledger,
      expiresAfter,
      pace,
      maxUsers: props.maxUsers,
      smsReadiness,
      smsPrice: props.smsPrice ?? 0.05,
      logGroup: this.logGroup,
      roles,
    });
    this.worker = functions.worker;
    const shared = {
      functions,
      bucket: this.bucket,
      pace,
      signsMetadata: passwordReset._signing !== undefined,
      encryptionKey: this.encryptionKey,
      logGroup: this.stateMachineLogGroup,
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
  }

  /**
   * Allows to start campaigns: `states:StartExecution` on the state machine that resets, and the use of the key that
   * its input is encrypted with.
   *
   * Whoever has it can lock out every user of the user pool.
   *
   * @param grantee who may
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   */
  public grantStart(grantee: IGrantable): Grant {
    return this.grantStartOf(this.campaignStateMachine, grantee);
  }

  /**
   * Allows to start dry runs: `states:StartExecution` on the state machine that never resets, and the use of the key
   * that its input is encrypted with.
   *
   * @param grantee who may
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
   */
  public grantStartDryRun(grantee: IGrantable): Grant {
    return this.grantStartOf(this.dryRunStateMachine, grantee);
  }

  /**
   * Allows to list and read the reports on each user, and nothing else of the bucket.
   *
   * @param grantee who may
   */
  public grantReadReports(grantee: IGrantable): Grant {
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
   * Allows to put lists of users under `input/` in the bucket, and to read none.
   *
   * @param grantee who may
   */
  public grantWriteLists(grantee: IGrantable): Grant {
    const write = Grant.addToPrincipal({
      grantee,
      actions: ['s3:PutObject'],
      resourceArns: [this.bucket.arnForObjects(`${CAMPAIGN_PREFIXES.input}*`)],
    });
    // An upload in parts, as that of a long list, needs to decrypt them.
    return this.withBucketKey(write, grantee, ['kms:Decrypt', 'kms:GenerateDataKey']);
  }

  /**
   * How many users were reset by campaigns. The sum over five minutes by default.
   *
   * @param props how to look at the metric
   */
  public metricCampaignResets(props?: MetricOptions): IMetric {
    return this.metric(CAMPAIGN_METRICS.resets, props);
  }

  /**
   * How many resets were certainly not carried out; the next run tries again. The sum over five minutes by default.
   *
   * @param props how to look at the metric
   */
  public metricCampaignNotSent(props?: MetricOptions): IMetric {
    return this.metric(CAMPAIGN_METRICS.notSent, props);
  }

  /**
   * How many resets may or may not have been carried out; no run tries again. The sum over five minutes by default.
   *
   * @param props how to look at the metric
   */
  public metricCampaignUnknownOutcomes(props?: MetricOptions): IMetric {
    return this.metric(CAMPAIGN_METRICS.unknown, props);
  }

  /**
   * How often Cognito throttled a campaign. The sum over five minutes by default.
   *
   * @param props how to look at the metric
   */
  public metricCampaignThrottles(props?: MetricOptions): IMetric {
    return this.metric(CAMPAIGN_METRICS.throttles, props);
  }

  /**
   * How long campaigns took, dry runs not counted, in milliseconds. The average over five minutes by default.
   *
   * @param props how to look at the metric
   */
  public metricCampaignDuration(props?: MetricOptions): IMetric {
    return this.campaignStateMachine.metricTime(props);
  }

  /**
   * Reacts to the end of a campaign or dry run: `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.
   *
   * The events of AWS Step Functions carry input and output, and with them `clientMetadata`. Whether they do so when
   * the state machine has a customer managed key is not known. So say what goes on:
   *
   * ```ts
   * const text = `${EventField.fromPath('$.detail.name')}: ${EventField.fromPath('$.detail.status')}`;
   * bulk.onCampaignEnd('Ended', { target: new SnsTopic(topic, { message: RuleTargetInput.fromText(text) }) });
   * ```
   *
   * @param id the id of the rule
   * @param options what to do
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
    const start = Grant.addToPrincipal({
      grantee,
      actions: ['states:StartExecution'],
      resourceArns: [stateMachineArn],
    });
    // AWS Step Functions encrypts the input in the name of the caller.
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

  private metric(metricName: string, props?: MetricOptions): IMetric {
    return new Metric({
      namespace: RESET_METRICS.namespace,
      metricName,
      statistic: Stats.SUM,
      ...props,
      dimensionsMap: { [RESET_METRICS.functionNameDimension]: this.worker.functionName, ...props?.dimensionsMap },
    }).attachTo(this);
  }
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html */
function createStateMachineLogGroup(scope: Construct): ILogGroup {
  // The log group is retained: another stack of the same name could not create its own without the id of the stack.
  const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  const name = Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' });
  return new LogGroup(scope, 'StateMachineLogGroup', { logGroupName: `/aws/vendedlogs/states/${name}-${stackId}` });
}

function validateNumbers({ maxUsers, smsPrice }: BulkPasswordResetProps): void {
  if (maxUsers !== undefined && !Token.isUnresolved(maxUsers) && !(Number.isInteger(maxUsers) && maxUsers > 0)) {
    throw new Error(
      `maxUsers: got ${maxUsers}, expected a positive integer; leave it out to limit a campaign by what its input confirms only`,
    );
  }
  if (smsPrice !== undefined && !Token.isUnresolved(smsPrice) && !(smsPrice >= 0 && smsPrice < Infinity)) {
    throw new Error(`smsPrice: got ${smsPrice}, expected US dollars for one SMS, such as 0.05`);
  }
}

/** Days for which an execution can be redriven, and as many for itself. */
const MINIMUM_DAYS = 30;

function validateExpiresAfter(expiresAfter: Duration): void {
  if (expiresAfter.isUnresolved()) return;
  const days = expiresAfter.toDays({ integral: false });
  if (!Number.isInteger(days) || days < MINIMUM_DAYS) {
    throw new Error(
      `expiresAfter: got ${expiresAfter.toHumanString()}, expected whole days, and at least ${MINIMUM_DAYS}: a campaign can be redriven for 14 days after it ended, and a ledger that is forgotten by then would let a second message be sent`,
    );
  }
}

/** Where both user pools are created by this app. */
function validateSmsReadiness({ userPool }: AdminPasswordReset, smsReadiness: SmsReadiness | undefined): void {
  const expected = ownedUserPoolOf(userPool);
  const got = smsReadiness && ownedUserPoolOf(smsReadiness._userPool);
  if (expected !== undefined && got !== undefined && got !== expected) {
    throw new Error(
      `smsReadiness: got that of the user pool ${smsReadiness?._userPool.node.path}, expected that of ${userPool.node.path}: new SmsReadiness(this, 'SmsReadiness', { delivery }), where delivery is an SmsDelivery or SnsSmsDelivery of this user pool`,
    );
  }
}
