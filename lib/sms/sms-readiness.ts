import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { type Grant, type IGrantable, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SMS_READINESS_ENVIRONMENT, SMS_READINESS_RESOURCE } from '../contract/sms';
import type { BundledFunctionOptions } from '../function/bundled-function-options';
import { acknowledgeRules } from '../private/acknowledge-rules';
import { assetFolder } from '../private/asset-folder';
import { createBundledFunction } from '../private/bundled-function';
import { FUNCTION_OPTION_TYPES, functionOptionsOf } from '../private/function-options';
import { grantInvoke } from '../private/invoke-grant';
import { logStatement } from '../private/log-statement';
import { oneOf, type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
import { isPhoneNumber, isPool, ownedKindOf } from './origination/kind';
import { DEFAULT_OPT_OUT_LIST_NAME } from './origination/settings';
import type { IOriginationIdentity } from './origination-identity';
import type { ISmsDelivery } from './sms-delivery-path';

/** What a deployment does if SMS messages cannot be sent. */
export enum SmsReadinessOnDeployment {
  /** The deployment continues. The report is in the log of the function and in the response to CloudFormation. */
  WARN = 'WARN',

  /**
   * The first deployment fails if the status is `NOT_READY`, with the failed checks as its reason. It continues if the
   * status is `UNKNOWN`. Later deployments always continue.
   */
  FAIL = 'FAIL',
}

/**
 * Properties of {@link SmsReadiness}.
 */
export interface SmsReadinessProps extends BundledFunctionOptions {
  /** The SMS configuration of the user pool: an `SmsDelivery` or an `SnsSmsDelivery`. */
  readonly delivery: ISmsDelivery;

  /**
   * Whether deployments run the checks, and what they do if SMS messages cannot be sent.
   *
   * The checks run when this construct is first deployed and when this property changes. Only the first deployment can
   * fail because of them.
   *
   * @default - deployments do not run the checks
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
   */
  readonly onDeployment?: SmsReadinessOnDeployment;
}

/**
 * A function that reports whether a user pool can send SMS messages. It checks whether the account is in the SMS
 * sandbox, how much of the monthly spend limit is left, the status of the phone number, sender ID or pool, and how many
 * phone numbers have opted out.
 *
 * The request is `{}`. The result is `{ status, path, region, checks }`, where `status` is `READY`, `NOT_READY` or
 * `UNKNOWN`. A check that AWS does not answer is `UNKNOWN` and fails nothing. The function only reads. From AWS Step
 * Functions, invoke it with `new LambdaInvoke(this, 'Ready?', { lambdaFunction: readiness.lambdaFunction })`.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 *
 * @example
 * new SmsReadiness(this, 'Readiness', { delivery, onDeployment: SmsReadinessOnDeployment.FAIL });
 */
export class SmsReadiness extends Construct {
  /** The function. Use `grantInvoke` to grant permission to invoke it. */
  public readonly lambdaFunction: IFunction;

  /** The execution role of the function. */
  public readonly role: IRole;

  /** The log group of the function. */
  public readonly logGroup: ILogGroup;

  /**
   * The user pool that sends the SMS messages.
   *
   * @internal
   */
  public readonly _userPool: IUserPoolRef;

  public constructor(scope: Construct, id: string, props: SmsReadinessProps) {
    super(scope, id);
    validateProps(this, SmsReadiness, props, PROPERTIES);
    const { delivery } = props;
    validateAccount(this, delivery);
    const { origination } = delivery;
    this._userPool = delivery.userPool;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const functionOptions = functionOptionsOf(this, props);
    this.logGroup = functionOptions.logGroup;
    const { lambdaFunction, policy } = createBundledFunction(this, functionOptions, {
      description: 'Reports whether the SMS of a Cognito user pool can be sent',
      code: Code.fromAsset(assetFolder('sms-readiness')),
      // Longer than the timeouts of its calls.
      timeout: Duration.seconds(30),
      role: this.role,
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
          ...(isPool(origination) && { [SMS_READINESS_ENVIRONMENT.poolMembersKnown]: 'true' }),
        }),
      },
    });
    this.lambdaFunction = lambdaFunction;
    acknowledgeRules(policy, {
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
      // The checks run last. The function itself depends on its policy and its log group.
      resource.node.addDependency(delivery, delivery.userPool);
    }
  }

  /**
   * Grants permission to invoke the function: `lambda:InvokeFunction` on its unqualified ARN, not on versions and
   * aliases.
   *
   * @param grantee the principal; for a service or another account, the permission is added to the resource policy of
   * the function, and a service must have a condition on `aws:SourceArn` or `aws:SourceAccount` that names one account
   * @throws if the grantee is everyone, or a service on behalf of everyone
   * @see https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
   */
  public grantInvoke(grantee: IGrantable): Grant {
    return grantInvoke(this, this.lambdaFunction, grantee);
  }
}

const PROPERTIES: PropertyTypes<SmsReadinessProps> = {
  required: {
    delivery: TYPES.delivery,
  },
  optional: {
    onDeployment: oneOf('SmsReadinessOnDeployment', SmsReadinessOnDeployment),
    ...FUNCTION_OPTION_TYPES,
  },
};

function validateAccount(readiness: SmsReadiness, delivery: ISmsDelivery): void {
  const [account, expected] = [Stack.of(readiness).account, Stack.of(delivery).account];
  if (account !== expected && !Token.isUnresolved(account) && !Token.isUnresolved(expected)) {
    throw new Error(
      `delivery: got one in account ${expected}, expected one in ${account}, because the function reports on its own account: new SmsReadiness(Stack.of(delivery), '${readiness.node.id}', …)`,
    );
  }
}

/**
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_sns.html
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSNSReadOnlyAccess.html
 */
function snsPathStatements(): PolicyStatement[] {
  return [
    // Settings of the account have no ARN.
    new PolicyStatement({
      actions: [
        'sns:GetSMSAttributes',
        'sns:GetSMSSandboxAccountStatus',
        'sns:ListOriginationNumbers',
        'sns:ListPhoneNumbersOptedOut',
      ],
      resources: ['*'],
    }),
    // Amazon SNS calls AWS End User Messaging SMS with the permissions of its caller, for all numbers and lists. AWS
    // does not document which SNS action needs which of these: their names suggest one each.
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
  const identities = [origination, ...(isPool(origination) ? origination._identities : [])];
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
    // Settings of the account have no ARN.
    new PolicyStatement({
      actions: ['sms-voice:DescribeAccountAttributes', 'sms-voice:DescribeSpendLimits'],
      resources: ['*'],
    }),
    ...statements,
    // A sender ID has no opt-out list.
    ...(kindOf(origination) === 'sender-id'
      ? []
      : [new PolicyStatement({ actions: ['sms-voice:DescribeOptedOutNumbers'], resources: [optOutListArn] })]),
  ];
}

/** The actions that describe an identity, by its kind. */
const DESCRIBE_ACTIONS = [
  { kind: 'phone-number', actions: ['sms-voice:DescribePhoneNumbers'] },
  { kind: 'sender-id', actions: ['sms-voice:DescribeSenderIds'] },
  { kind: 'pool', actions: ['sms-voice:DescribePools', 'sms-voice:ListPoolOriginationIdentities'] },
] as const;

/** The kind of an identity as its ARN spells it; unknown for an imported identity whose ARN is a token. */
function kindOf(identity: IOriginationIdentity): string {
  const owned = ownedKindOf(identity)?.toLowerCase().replace(' ', '-');
  return owned ?? /:(phone-number|sender-id|pool)\//.exec(identity.originationIdentityArn)?.[1] ?? 'unknown';
}

/**
 * The name or ARN of the opt-out list of an identity. The list of an imported identity is unknown: the default list is
 * assumed.
 */
function optOutListNameOf(identity: IOriginationIdentity): string {
  return isPhoneNumber(identity) || isPool(identity) ? identity._optOutListName : DEFAULT_OPT_OUT_LIST_NAME;
}
