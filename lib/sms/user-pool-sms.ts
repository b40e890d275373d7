import { Stack } from 'aws-cdk-lib';
import type { CfnUserPool, IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import type { CfnRole, IRole } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { acknowledgeRules } from '../private/acknowledge-rules';
import { resourceOf, templatePropertiesOf } from '../private/template-properties';
import { ownedUserPoolOf } from '../private/user-pool-ref';
import type { ISmsDelivery } from './sms-delivery-path';

/** The owned user pool, validated: it must be in the stack of the delivery. */
export function ownedUserPoolInStackOf(delivery: Construct, userPool: IUserPoolRef): CfnUserPool {
  const { name } = delivery.constructor;
  const resource = ownedUserPoolOf(userPool);
  if (resource === undefined) {
    throw new Error(
      `userPool: got an imported user pool, expected one that this app creates, because the SMS configuration is a property of the user pool: create ${name} where the user pool is created`,
    );
  }
  if (resource.stack !== Stack.of(delivery)) {
    throw new Error(
      `userPool: got a user pool of the stack ${resource.stack.node.path}, expected one of this stack (${Stack.of(delivery).node.path}), because the user pool must be deployed with the role that sends for it: new ${name}(Stack.of(pool), '${delivery.node.id}', …)`,
    );
  }
  return resource;
}

/** `CfnUserPool.SmsConfigurationProperty`, whose `eumsSms` aws-cdk-lib has since 2.264.0. */
export interface SmsConfiguration extends CfnUserPool.SmsConfigurationProperty {
  readonly eumsSms?: {
    readonly callerArn: string;
    readonly configurationSetName?: string;
    readonly externalId: string;
    readonly inEntityId?: string;
    readonly inTemplateId?: string;
    readonly originationIdentity: string;
  };
}

/**
 * Sets the SMS configuration of a user pool. Removes the role for Amazon SNS that the L2 construct created, because
 * nothing would use it, and it may send to every phone number.
 */
export function configureSms(
  delivery: ISmsDelivery,
  userPool: CfnUserPool,
  replaceExisting: boolean | undefined,
  configuration: SmsConfiguration,
): void {
  validateNoOtherDelivery(delivery, userPool);
  const ownRole = l2SmsRoleOf(userPool);
  if (hasCustomSmsConfiguration(userPool, ownRole) && !replaceExisting) {
    throw new Error(
      'userPool: got a user pool that sends SMS with a role of yours, expected one without, because that role would no longer be used: remove smsRole from the user pool, or set replaceExisting: true and remove the role yourself',
    );
  }
  ownRole?.node.scope?.node.tryRemoveChild(L2_SMS_ROLE_ID);
  userPool.smsConfiguration = configuration;
  if (!writesEumsSms(userPool)) overrideEumsSms(userPool, configuration);
  if (configuration.eumsSms) acknowledgeEumsSms(userPool);
  delivery.node.addValidation({ validate: () => validateNotChanged(delivery, userPool, configuration) });
}

/** Whether the aws-cdk-lib of a user pool writes `eumsSms` into templates. Before 2.264.0, it left it out without an error. */
function writesEumsSms(userPool: CfnUserPool): boolean {
  const smsConfiguration: SmsConfiguration = { eumsSms: { callerArn: '', externalId: '', originationIdentity: '' } };
  // biome-ignore lint/complexity/useLiteralKeys: TypeScript allows access to a protected method in this way only
  return userPool['renderProperties']({ smsConfiguration }).SmsConfiguration.EumsSms !== undefined;
}

/** Only where it is necessary: it replaces earlier overrides of the app, which {@link validateNotChanged} then misses. */
function overrideEumsSms(userPool: CfnUserPool, { eumsSms }: SmsConfiguration): void {
  for (const [key, value] of Object.entries(eumsSms ?? {}).sort()) {
    if (value !== undefined) userPool.addPropertyOverride(`SmsConfiguration.EumsSms.${nameOf(key)}`, value);
  }
}

/** The template validation of aws-cdk-lib before 2.265.0 takes `EumsSms` for an error, in 2.264.0 despite its own class. */
function acknowledgeEumsSms(userPool: CfnUserPool): void {
  // The version of the copy of aws-cdk-lib that the user pool is from, which is not always the one that this package loads.
  const { version } = Reflect.get(userPool.constructor, Symbol.for('jsii.rtti'));
  const [major, minor] = version.split('.').map(Number);
  if (major > 2 || minor >= 265) return;
  acknowledgeRules(userPool, {
    id: 'CloudFormation-Validate::F3002',
    reason: 'AWS documents EumsSms, which the schema in this version of aws-cdk-lib does not have.',
  });
}

/** The name of a property in CloudFormation. */
function nameOf(key: string): string {
  return `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
}

/**
 * Runs at synth, when the properties of the user pool are final. Overrides may add what AWS adds to the SMS
 * configuration.
 */
function validateNotChanged(delivery: ISmsDelivery, userPool: CfnUserPool, configuration: SmsConfiguration): string[] {
  const written = entriesOf(templatePropertiesOf(userPool).SmsConfiguration);
  const expected = entriesOf(userPool.stack.resolve(configuration));
  const otherPath = configuration.eumsSms ? /^SnsCallerArn$/ : /^EumsSms\b/;
  const changed =
    [...expected.keys()].find((name) => written.get(name) !== expected.get(name)) ??
    [...written.keys()].find((name) => otherPath.test(name));
  if (changed === undefined) return [];
  return [
    `userPool: got a user pool whose SmsConfiguration was changed after ${delivery.constructor.name} had set it (${changed}), expected no other, because Cognito would not send as this construct allows it to: remove the override or the assignment, or ${delivery.constructor.name}`,
  ];
}

/** The values of an SMS configuration as JSON, by their paths with the names of CloudFormation. */
function entriesOf(configuration: object | undefined, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(configuration ?? {}).flatMap(([key, value]) => {
      if (value === undefined) return [];
      const name = `${prefix}${nameOf(key)}`;
      return name === 'EumsSms' ? [...entriesOf(value, 'EumsSms.')] : [[name, JSON.stringify(value)] as const];
    }),
  );
}

/**
 * The role for Amazon SNS that the L2 construct of a user pool created. It is recognized by the name of its policy,
 * which is a construct if the role is created elsewhere (Role.customizeRoles).
 */
function l2SmsRoleOf(userPool: CfnUserPool): IRole | undefined {
  const construct = userPool.node.scope;
  const role = construct?.node.defaultChild === userPool ? construct.node.tryFindChild(L2_SMS_ROLE_ID) : undefined;
  if (role === undefined) return undefined;
  const resource = resourceOf<CfnRole>(role, 'AWS::IAM::Role');
  const [policy] = userPool.stack.resolve(resource?.policies) ?? [];
  const isOfL2 = resource
    ? policy?.policyName === L2_SMS_POLICY_NAME
    : role.node.tryFindChild(L2_SMS_POLICY_NAME) !== undefined;
  return isOfL2 ? (role as IRole) : undefined;
}

/** Whether the user pool has an SMS configuration other than the one that its L2 construct created. */
function hasCustomSmsConfiguration(userPool: CfnUserPool, ownRole: IRole | undefined): boolean {
  if (userPool.smsConfiguration === undefined) return false;
  const { stack } = userPool;
  const { snsCallerArn } = stack.resolve(userPool.smsConfiguration);
  return snsCallerArn === undefined || JSON.stringify(snsCallerArn) !== JSON.stringify(stack.resolve(ownRole?.roleArn));
}

/** The construct id of the role that the L2 construct creates, and the name of its policy. */
const L2_SMS_ROLE_ID = 'smsRole';
const L2_SMS_POLICY_NAME = 'sns-publish';

function validateNoOtherDelivery(delivery: ISmsDelivery, userPool: CfnUserPool): void {
  // Enclosing constructs are skipped too: one may implement ISmsDelivery by means of this delivery.
  const { scopes } = delivery.node;
  const other = userPool.stack.node
    .findAll()
    .find(
      (construct) =>
        isSmsDelivery(construct) && !scopes.includes(construct) && ownedUserPoolOf(construct.userPool) === userPool,
    );
  if (other !== undefined) {
    throw new Error(
      `userPool: got a user pool that already has an SMS delivery (${other.node.path}), expected one without, because a user pool has only one SMS configuration: remove one of the two`,
    );
  }
}

/** Whether a construct is an SMS delivery whose constructor has finished. */
function isSmsDelivery(construct: IConstruct): construct is ISmsDelivery {
  const { userPool, smsRegion } = construct as Partial<ISmsDelivery>;
  return userPool !== undefined && smsRegion !== undefined;
}
