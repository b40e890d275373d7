import { join } from 'node:path';
import { CustomResource, Duration, Stack, Token, Validations } from 'aws-cdk-lib';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { type Grant, type IGrantable, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SMS_READINESS_ENVIRONMENT, SMS_READINESS_RESOURCE } from '../contract/sms';
import { createBundledFunction } from '../private/bundled-function';
import { grantInvoke } from '../private/invoke-grant';
import { logStatement } from '../private/log-statement';
import { DEFAULT_OPT_OUT_LIST_NAME } from './origination/settings';
import type { IOriginationIdentity } from './origination-identity';
import { OriginationPhoneNumber } from './origination-phone-number';
import { OriginationPool } from './origination-pool';
import { OriginationSenderId } from './origination-sender-id';
import type { ISmsDelivery } from './sms-delivery-path';

/** What happens when a deployment finds that SMS are not ready. */
export enum SmsReadinessOnDeployment {
  /** The deployment goes on. The report is in the log of the function and in the response to CloudFormation. */
  WARN = 'WARN',

  /**
   * The first deployment fails, with what is missing as its reason. Later ones go on, and so does one that cannot find
   * out.
   */
  FAIL = 'FAIL',
}

/**
 * Properties of {@link SmsReadiness}.
 */
export interface SmsReadinessProps {
  /** How the SMS of the user pool are sent: an `SmsDelivery` or `SnsSmsDelivery`. */
  readonly delivery: ISmsDelivery;

  /**
   * Whether a deployment asks, and what happens when SMS are not ready.
   *
   * It asks when this construct is first deployed, and when this property changes: only the first time can fail.
   *
   * @default - no deployment asks
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
   */
  readonly onDeployment?: SmsReadinessOnDeployment;

  /**
   * Where the function writes its log: JSON lines without personal data.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
   * @default - a log group of its own, which is kept for two years and retained when the stack is deleted
   */
  readonly logGroup?: ILogGroup;
}

/**
 * A function that reports whether the SMS of a user pool can be sent: sandbox or production, the monthly spend limit and
 * what is left of it, the status of the number, sender ID or pool, and how many users have opted out.
 *
 * It takes `{}` and returns `{ status, path, region, checks }`, where `status` is `READY`, `NOT_READY` or `UNKNOWN`: what
 * AWS does not answer is reported as unknown, and fails nothing. It reads, and changes nothing. From AWS Step Functions,
 * invoke it with `new LambdaInvoke(this, 'Ready?', { lambdaFunction: readiness.lambdaFunction })`.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export class SmsReadiness extends Construct {
  /** The function. Use `grantInvoke` to let somebody invoke it. */
  public readonly lambdaFunction: IFunction;

  /** The execution role of the function. */
  public readonly role: IRole;

  /** Where the function writes its log. */
  public readonly logGroup: ILogGroup;

  /**
   * The user pool whose SMS these are.
   *
   * @internal
   */
  public readonly _userPool: IUserPoolRef;

  public constructor(scope: Construct, id: string, props: SmsReadinessProps) {
    super(scope, id);
    const { delivery } = props;
    validateAccount(this, delivery);
    const { origination } = delivery;
    this._userPool = delivery.userPool;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup = props.logGroup ?? new LogGroup(this, 'LogGroup');
    const { lambdaFunction, policy } = createBundledFunction(this, {
      description: 'Reports whether the SMS of a Cognito user pool can be sent',
      code: Code.fromAsset(join(__dirname, '..', '..', 'assets', 'sms-readiness')),
      // Longer than all the time-outs within.
      timeout: Duration.seconds(30),
      role: this.role,
      logGroup: this.logGroup,
      statements: [
        ...(origination === undefined ? snsPathStatements() : directPathStatements(delivery, origination)),
        // Metrics have no ARN that the action could be limited to.
        new PolicyStatement({ actions: ['cloudwatch:GetMetricStatistics'], resources: ['*'] }),
        logStatement(this.logGroup),
      ],
      environment: {
        [SMS_READINESS_ENVIRONMENT.smsRegion]: delivery.smsRegion,
        ...(origination && {
          [SMS_READINESS_ENVIRONMENT.originationIdentityArn]: origination.originationIdentityArn,
          [SMS_READINESS_ENVIRONMENT.optOutListName]: optOutListNameOf(origination),
          ...(origination instanceof OriginationPool && { [SMS_READINESS_ENVIRONMENT.poolMembersKnown]: 'true' }),
        }),
      },
    });
    this.lambdaFunction = lambdaFunction;
    Validations.of(policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'These actions read settings and figures of the account, which have no ARN to limit them to.',
    });
    if (props.onDeployment !== undefined) {
      const resource = new CustomResource(this, 'OnDeployment', {
        resourceType: 'Custom::SmsReadiness',
        serviceToken: lambdaFunction.functionArn,
        serviceTimeout: Duration.minutes(2),
        properties: { [SMS_READINESS_RESOURCE.onDeployment]: props.onDeployment },
      });
      // Asked when everything is in place. The function depends on its policy and log group.
      resource.node.addDependency(delivery, delivery.userPool);
    }
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
}

function validateAccount(readiness: SmsReadiness, delivery: ISmsDelivery): void {
  const [account, expected] = [Stack.of(readiness).account, Stack.of(delivery).account];
  if (account !== expected && !Token.isUnresolved(account) && !Token.isUnresolved(expected)) {
    throw new Error(
      `delivery: got one in the account ${expected}, expected one in ${account}, because the function reports on its own account: new SmsReadiness(Stack.of(delivery), '${readiness.node.id}', …)`,
    );
  }
}

/**
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_sns.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSNSReadOnlyAccess.html
 */
function snsPathStatements(): PolicyStatement[] {
  return [
    // Settings of the account, which have no ARN.
    new PolicyStatement({
      actions: [
        'sns:GetSMSAttributes',
        'sns:GetSMSSandboxAccountStatus',
        'sns:ListOriginationNumbers',
        'sns:ListPhoneNumbersOptedOut',
      ],
      resources: ['*'],
    }),
    // Amazon SNS asks AWS End User Messaging SMS in the name of its caller, for all numbers and lists. Which of its
    // actions needs which of these is not documented: the names suggest one each.
    new PolicyStatement({
      actions: [
        'sms-voice:DescribeAccountAttributes',
        'sms-voice:DescribeOptedOutNumbers',
        'sms-voice:DescribePhoneNumbers',
        'sms-voice:DescribeSpendLimits',
      ],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:CalledViaLast': 'sns.amazonaws.com' } },
    }),
  ];
}

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_pinpoint-sms-voice-v2.html */
function directPathStatements(delivery: ISmsDelivery, origination: IOriginationIdentity): PolicyStatement[] {
  const identities = [origination, ...(origination instanceof OriginationPool ? origination._identities : [])];
  const describing = identities.flatMap((identity) =>
    DESCRIBE_ACTIONS.filter(({ kind }) => [kind, 'unknown'].includes(kindOf(identity))).map(({ actions }) => ({
      actions,
      arn: identity.originationIdentityArn,
    })),
  );
  const statements = DESCRIBE_ACTIONS.flatMap(({ actions }) => {
    const resources = describing.filter((one) => one.actions === actions).map(({ arn }) => arn);
    return resources.length > 0 ? [new PolicyStatement({ actions: [...actions], resources })] : [];
  });
  const list = optOutListNameOf(origination);
  const optOutListArn = list.startsWith('arn:')
    ? list
    : Stack.of(delivery).formatArn({
        service: 'sms-voice',
        region: delivery.smsRegion,
        resource: 'opt-out-list',
        resourceName: list,
      });
  return [
    // Settings of the account, which have no ARN.
    new PolicyStatement({
      actions: ['sms-voice:DescribeAccountAttributes', 'sms-voice:DescribeSpendLimits'],
      resources: ['*'],
    }),
    ...statements,
    // A sender ID has no list.
    ...(kindOf(origination) === 'sender-id'
      ? []
      : [new PolicyStatement({ actions: ['sms-voice:DescribeOptedOutNumbers'], resources: [optOutListArn] })]),
  ];
}

/** What the function may ask about an identity, by its kind. */
const DESCRIBE_ACTIONS = [
  { kind: 'phone-number', actions: ['sms-voice:DescribePhoneNumbers'] },
  { kind: 'sender-id', actions: ['sms-voice:DescribeSenderIds'] },
  { kind: 'pool', actions: ['sms-voice:DescribePools', 'sms-voice:ListPoolOriginationIdentities'] },
] as const;

/** As it stands in the ARN; an imported one whose ARN is a token may be any. */
function kindOf(identity: IOriginationIdentity): string {
  if (identity instanceof OriginationPhoneNumber) return 'phone-number';
  if (identity instanceof OriginationSenderId) return 'sender-id';
  if (identity instanceof OriginationPool) return 'pool';
  return /:(phone-number|sender-id|pool)\//.exec(identity.originationIdentityArn)?.[1] ?? 'unknown';
}

/**
 * The name or ARN of the opt-out list of an identity. The list of an imported identity is unknown: the default list is
 * assumed.
 */
function optOutListNameOf(identity: IOriginationIdentity): string {
  const owned = identity instanceof OriginationPhoneNumber || identity instanceof OriginationPool;
  return owned ? identity._optOutListName : DEFAULT_OPT_OUT_LIST_NAME;
}
