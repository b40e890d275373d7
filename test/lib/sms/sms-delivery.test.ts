import {
  App,
  Aspects,
  type CfnElement,
  type Environment,
  Names,
  RemovalPolicies,
  RemovalPolicy,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnUserPool, UserPool } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  type IOriginationIdentity,
  OriginationNumberType,
  OriginationPhoneNumber,
  OriginationPool,
  OriginationSenderId,
  SmsDelivery,
  type SmsDeliveryProps,
  SnsSmsDelivery,
} from '../../../lib';
import { acknowledgePoolFindings, CONTEXTS, strictApp } from '../../support/synthesis';

const ACCOUNT = '111122223333';
const ARN = `arn:aws:sms-voice:us-east-1:${ACCOUNT}:phone-number/phone-0123456789abcdef`;

/** The kinds of origination identities, created in the stack or imported. */
const IDENTITIES = [
  { identity: 'a number of this stack', make: number, type: 'AWS::SMSVOICE::PhoneNumber' },
  { identity: 'a sender ID of this stack', make: senderId, type: 'AWS::SMSVOICE::SenderId' },
  { identity: 'a pool of this stack', make: pool, type: 'AWS::SMSVOICE::Pool' },
  { identity: 'an imported number', from: OriginationPhoneNumber.fromPhoneNumberArn, id: 'phone-number/phone-01ab' },
  { identity: 'an imported sender ID', from: OriginationSenderId.fromSenderIdArn, id: 'sender-id/EXAMPLE/DE' },
  { identity: 'an imported pool', from: OriginationPool.fromPoolArn, id: 'pool/pool-01ab' },
] as const;

/** The kinds of user pools. With replaceExisting, the user pool has a role of the user, which is kept. */
const POOLS = [
  { pool: 'an L2 user pool without SMS', make: (scope: Construct) => new UserPool(scope, 'Users') },
  {
    pool: 'an L2 user pool with phone sign-in',
    make: (scope: Construct) => new UserPool(scope, 'Users', { signInAliases: { phone: true } }),
  },
  {
    pool: 'an L2 user pool with an own role',
    make: (scope: Construct) => new UserPool(scope, 'Users', { smsRole: ownRole(scope), smsRoleExternalId: 'own' }),
    replaceExisting: true,
  },
  { pool: 'an L1 user pool', make: (scope: Construct) => new CfnUserPool(scope, 'Users') },
  {
    pool: 'an L1 user pool with an own role',
    make: (scope: Construct) =>
      new CfnUserPool(scope, 'Users', { smsConfiguration: { snsCallerArn: ownRole(scope).roleArn } }),
    replaceExisting: true,
  },
] as const;

/** The feature flag that makes templates name the partition of a known Region. */
const LITERALS = '@aws-cdk/core:enablePartitionLiterals';

const PARTITIONS = [
  { partition: 'aws', env: { account: ACCOUNT, region: 'us-east-1' } },
  { partition: 'aws-us-gov', env: { account: ACCOUNT, region: 'us-gov-west-1' } },
  { partition: 'aws-cn', env: { account: ACCOUNT, region: 'cn-north-1' } },
];

describe.each(CONTEXTS)('SMS delivery with $context', ({ flags }) => {
  describe.each(PARTITIONS)('in $partition', ({ partition, env }) => {
    const place = { ...env, partition: flags[LITERALS] ? partition : { Ref: 'AWS::Partition' } };
    describe.each(POOLS)('for $pool', (kind) => {
      const replaceExisting = 'replaceExisting' in kind;

      test.each(IDENTITIES)('SmsDelivery lets Cognito send from $identity and nothing else', (identity) => {
        // GIVEN
        const app = strictApp(flags);
        const stack = new Stack(app, 'Stack', { env });
        acknowledgeMissingTypes(stack);
        const userPool = kind.make(stack);
        acknowledgePoolFindings(userPool);
        const importedArn =
          'id' in identity ? `arn:${partition}:sms-voice:${env.region}:${ACCOUNT}:${identity.id}` : '';
        const origination = 'id' in identity ? identity.from(stack, 'Identity', importedArn) : identity.make(stack);

        // WHEN
        new SmsDelivery(stack, 'Sms', { userPool, origination, replaceExisting });
        app.synth();

        // THEN
        const arn = 'id' in identity ? importedArn : { 'Fn::GetAtt': [onlyIdOf(stack, identity.type), 'Arn'] };
        expect(rolesOf(stack)).toEqual([
          ...(replaceExisting ? [OWN_ROLE] : []),
          callerRole(place, 'SendTextMessage', [
            { Effect: 'Allow', Action: 'sms-voice:SendTextMessage', Resource: arn },
          ]),
        ]);
        Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
        expect(smsConfigurationOf(stack)).toEqual({
          EumsSms: { CallerArn: ROLE_ARN, ExternalId: EXTERNAL_ID, OriginationIdentity: arn },
        });
      });

      test('SnsSmsDelivery lets Cognito send to phone numbers and not to topics', () => {
        // GIVEN
        const app = strictApp(flags);
        const stack = new Stack(app, 'Stack', { env });
        acknowledgeMissingTypes(stack);
        const userPool = kind.make(stack);
        acknowledgePoolFindings(userPool);

        // WHEN
        new SnsSmsDelivery(stack, 'Sms', { userPool, replaceExisting });
        app.synth();

        // THEN
        expect(rolesOf(stack)).toEqual([
          ...(replaceExisting ? [OWN_ROLE] : []),
          callerRole(place, 'Publish', [
            { Effect: 'Allow', Action: 'sns:Publish', Resource: '*' },
            {
              Effect: 'Deny',
              Action: 'sns:Publish',
              Resource: join('arn:', place.partition, ':sns:*:*:*'),
            },
          ]),
        ]);
        Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
        expect(smsConfigurationOf(stack)).toEqual({
          SnsCallerArn: ROLE_ARN,
          ExternalId: EXTERNAL_ID,
          SnsRegion: env.region,
        });
      });
    });
  });

  test('refers to the Region, the account and the partition of a stack without an environment', () => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack');
    const userPool = new UserPool(stack, 'Users');
    acknowledgePoolFindings(userPool);

    // WHEN
    new SnsSmsDelivery(stack, 'Sms', { userPool });
    app.synth();

    // THEN
    expect(smsConfigurationOf(stack)).toMatchObject({ SnsRegion: { Ref: 'AWS::Region' } });
    const [role] = rolesOf(stack) as [{ AssumeRolePolicyDocument: { Statement: [{ Condition: unknown }] } }];
    expect(role.AssumeRolePolicyDocument.Statement[0].Condition).toEqual(
      conditions({
        partition: { Ref: 'AWS::Partition' },
        account: { Ref: 'AWS::AccountId' },
        region: { Ref: 'AWS::Region' },
      }),
    );
  });
});

describe('SmsDelivery', () => {
  test('sets the configuration set and the ids for India', () => {
    const { stack, userPool, origination } = given();

    new SmsDelivery(stack, 'Sms', {
      userPool,
      origination,
      configurationSetName: 'resets',
      inEntityId: '1101234567890123456',
      inTemplateId: '1107654321098765432',
    });

    expect(smsConfigurationOf(stack)).toEqual({
      EumsSms: {
        CallerArn: ROLE_ARN,
        ExternalId: EXTERNAL_ID,
        OriginationIdentity: ARN,
        ConfigurationSetName: 'resets',
        InEntityId: '1101234567890123456',
        InTemplateId: '1107654321098765432',
      },
    });
  });

  test('exposes the Region, the origination identity and the user pool', () => {
    const { stack, userPool, origination } = given();

    const delivery = new SmsDelivery(stack, 'Sms', { userPool, origination });

    expect([delivery.smsRegion, delivery.origination, delivery.userPool]).toEqual(['us-east-1', origination, userPool]);
  });

  test.each([
    ['ap-east-1', 'Hong Kong'],
    ['ap-southeast-5', 'Malaysia'],
    ['ap-southeast-7', 'Thailand'],
  ])('refuses a user pool in %s (%s)', (region, name) => {
    const { stack, userPool, origination } = given({ account: ACCOUNT, region });

    expect(() => new SmsDelivery(stack, 'Sms', { userPool, origination })).toThrow(
      `userPool: got a user pool in ${region} (${name}), expected another Region, because user pools there cannot send through AWS End User Messaging SMS: new SnsSmsDelivery(this, 'Sms', { userPool })`,
    );
  });

  test('refuses a number in E.164 format', () => {
    const { stack, userPool, origination } = given();
    const number = Object.create(origination, { originationIdentityArn: { value: '+12065550100' } });

    expect(() => new SmsDelivery(stack, 'Sms', { userPool, origination: number })).toThrow(
      "origination: got \"+12065550100\", expected an ARN, because AWS compares the identity that Cognito sends from with the one in the policy of the role, and both must be written the same way: use OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-…')",
    );
  });

  test('refuses an identity that the app creates in another Region', () => {
    const { stack, userPool } = given({ account: ACCOUNT, region: 'eu-west-1' });
    const other = new Stack(stack.node.root as App, 'Other', { env: { account: ACCOUNT, region: 'us-west-2' } });

    expect(() => new SmsDelivery(stack, 'Sms', { userPool, origination: number(other) })).toThrow(
      'origination: got an identity in us-west-2, expected one in eu-west-1, because a user pool sends from its own Region only: request one there',
    );
  });

  test('refuses an imported identity of another Region', () => {
    const { stack, userPool, origination } = given({ account: ACCOUNT, region: 'eu-west-1' });

    expect(() => new SmsDelivery(stack, 'Sms', { userPool, origination })).toThrow(
      'origination: got an identity in us-east-1, expected one in eu-west-1, because a user pool sends from its own Region only: request one there',
    );
  });
});

describe('SnsSmsDelivery', () => {
  test.each([
    ['us-east-1', undefined, 'us-east-1'],
    ['us-east-1', 'us-east-1', 'us-east-1'],
    ['us-east-2', undefined, 'us-east-2'],
    ['us-east-2', 'us-east-1', 'us-east-1'],
    ['ca-central-1', 'us-east-1', 'us-east-1'],
    ['eu-central-1', 'eu-west-1', 'eu-west-1'],
    ['eu-west-2', 'eu-west-1', 'eu-west-1'],
    ['ap-south-1', 'ap-southeast-1', 'ap-southeast-1'],
    ['ap-northeast-2', undefined, 'ap-northeast-1'],
    ['ap-northeast-2', 'ap-northeast-1', 'ap-northeast-1'],
    ['ap-east-1', undefined, 'ap-southeast-1'],
    ['ap-southeast-5', undefined, 'ap-southeast-1'],
    ['ap-southeast-7', undefined, 'ap-south-1'],
  ])('sends for a user pool in %s, with the region %s, from %s', (userPoolRegion, region, expected) => {
    const { stack, userPool } = given({ account: ACCOUNT, region: userPoolRegion });

    const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool, region });

    expect(delivery.smsRegion).toBe(expected);
    expect(smsConfigurationOf(stack)).toMatchObject({ SnsRegion: expected });
  });

  test.each([
    ['us-east-1', 'us-east-2', 'us-east-1'],
    ['us-east-2', 'us-west-2', 'us-east-2 or us-east-1'],
    ['ca-central-1', 'us-east-2', 'ca-central-1 or us-east-1'],
    ['eu-central-1', 'us-east-1', 'eu-central-1 or eu-west-1'],
    ['ap-northeast-2', 'ap-northeast-2', 'ap-northeast-1'],
    ['ap-east-1', 'ap-east-1', 'ap-southeast-1'],
    ['ap-southeast-5', 'ap-southeast-5', 'ap-southeast-1'],
    ['ap-southeast-7', 'ap-southeast-1', 'ap-south-1'],
  ])('refuses for a user pool in %s the region %s, and expects %s', (userPoolRegion, region, expected) => {
    const { stack, userPool } = given({ account: ACCOUNT, region: userPoolRegion });

    expect(() => new SnsSmsDelivery(stack, 'Sms', { userPool, region })).toThrow(
      `region: got ${region}, expected ${expected}, because Cognito sends SMS for a user pool in ${userPoolRegion} from no other Region`,
    );
  });
});

describe.each([
  ['SmsDelivery', (scope: Construct, props: SmsDeliveryProps) => new SmsDelivery(scope, 'Sms', props)],
  ['SnsSmsDelivery', (scope: Construct, props: SmsDeliveryProps) => new SnsSmsDelivery(scope, 'Sms', props)],
])('%s', (name, make) => {
  test('refuses an imported user pool', () => {
    const { stack, origination } = given();
    const userPool = UserPool.fromUserPoolId(stack, 'Imported', 'us-east-1_AbCdEfGhI');

    expect(() => make(stack, { userPool, origination })).toThrow(
      `userPool: got an imported user pool, expected one that this app creates, because the SMS configuration is a property of the user pool: create ${name} where the user pool is created`,
    );
  });

  test('refuses a user pool of another stack', () => {
    const { stack, userPool, origination } = given();
    const other = new Stack(stack.node.root as App, 'Other');

    expect(() => make(other, { userPool, origination })).toThrow(
      `userPool: got a user pool of the stack Stack, expected one of this stack (Other), because the user pool must be deployed with the role that sends for it: new ${name}(Stack.of(pool), 'Sms', …)`,
    );
  });

  test('refuses a user pool with an own role', () => {
    const { stack, origination } = given();
    const userPool = new UserPool(stack, 'WithRole', { smsRole: ownRole(stack) });

    expect(() => make(stack, { userPool, origination })).toThrow(
      'userPool: got a user pool that sends SMS with a role of yours, expected one without, because that role would no longer be used: remove smsRole from the user pool, or set replaceExisting: true and remove the role yourself',
    );
  });

  test('replaces the role of the L2 construct if Role.customizeRoles provides all roles', () => {
    const { stack, origination } = given();
    const scope = new Construct(stack, 'Scope');
    const usePrecreatedRoles = { 'Stack/Scope/Users/smsRole': 'sns', 'Stack/Scope/Sms/Role': 'precreated' };
    Role.customizeRoles(scope, { usePrecreatedRoles });
    const userPool = new UserPool(scope, 'Users', { signInAliases: { phone: true } });

    make(scope, { userPool, origination });

    const pools = JSON.stringify(Template.fromStack(stack).findResources('AWS::Cognito::UserPool'));
    expect(pools).toContain(':role/precreated');
    expect(pools).not.toContain(':role/sns');
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
  });

  test('leaves no trace of the role of the L2 construct, whatever is changed on it later', () => {
    const { stack, origination } = given();
    const userPool = new UserPool(stack, 'Phones', { signInAliases: { phone: true } });
    const found = userPool.node.findChild('smsRole') as Role;

    const { role } = make(stack, { userPool, origination });
    found.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: ['*'] }));

    expect(() => userPool.node.findChild('smsRole')).toThrow("No child with id: 'smsRole'");
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(Object.keys(template.findResources('AWS::IAM::Role'))).toEqual([
      stack.getLogicalId(role.node.defaultChild as CfnElement),
    ]);
  });

  test('needs no role of the L2 construct: enableSmsRole false creates none', () => {
    const { stack, origination } = given();
    const userPool = new UserPool(stack, 'Phones', { signInAliases: { phone: true }, enableSmsRole: false });
    expect(userPool.node.tryFindChild('smsRole')).toBeUndefined();

    make(stack, { userPool, origination });

    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
  });

  test('refuses a role of the user that Role.customizeRoles provides', () => {
    const { stack, origination } = given();
    const scope = new Construct(stack, 'Scope');
    Role.customizeRoles(scope, { usePrecreatedRoles: { 'Stack/Scope/OwnRole': 'own' } });
    const userPool = new UserPool(scope, 'Users', { smsRole: ownRole(scope) });

    expect(() => make(scope, { userPool, origination })).toThrow('got a user pool that sends SMS with a role of yours');
  });

  const CALLER_ARN = name === 'SmsDelivery' ? 'EumsSms.CallerArn' : 'SnsCallerArn';
  const OTHER_PATH = name === 'SmsDelivery' ? 'SnsCallerArn' : 'EumsSms.CallerArn';

  test.each<[string, (userPool: CfnUserPool) => void, string, boolean]>([
    [
      'of the role',
      (pool) => pool.addPropertyOverride(`SmsConfiguration.${CALLER_ARN}`, 'arn:aws:iam::111122223333:role/other'),
      CALLER_ARN,
      true,
    ],
    [
      'of the external id',
      (pool) => pool.addPropertyOverride(`SmsConfiguration.${CALLER_ARN.replace(/\w+$/, 'ExternalId')}`, 'other'),
      CALLER_ARN.replace(/\w+$/, 'ExternalId'),
      true,
    ],
    [
      'of the other path',
      (pool) => pool.addPropertyOverride(`SmsConfiguration.${OTHER_PATH}`, 'arn:aws:iam::111122223333:role/other'),
      OTHER_PATH,
      true,
    ],
    ['of everything', (pool) => pool.addPropertyDeletionOverride('SmsConfiguration'), CALLER_ARN, true],
    [
      'of the property',
      (pool) => {
        pool.smsConfiguration = { snsCallerArn: 'arn:aws:iam::111122223333:role/other' };
      },
      CALLER_ARN,
      false,
    ],
  ])('refuses an override %s, which Amplify could add', (_, override, changed, beforeToo) => {
    for (const before of beforeToo ? [true, false] : [false]) {
      const { stack, userPool, origination } = given();
      const resource = userPool.node.defaultChild as CfnUserPool;
      if (before) override(resource);
      make(stack, { userPool, origination });
      if (!before) override(resource);

      expect(() => (stack.node.root as App).synth()).toThrow(
        `[Stack/Sms] userPool: got a user pool whose SmsConfiguration was changed after ${name} had set it (${changed}), expected no other, because Cognito would not send as this construct allows it to: remove the override or the assignment, or ${name}`,
      );
    }
  });

  test('accepts an override of what it does not set', () => {
    const { stack, userPool, origination } = given();
    make(stack, { userPool, origination });
    const parent = name === 'SmsDelivery' ? 'SmsConfiguration.EumsSms' : 'SmsConfiguration';
    (userPool.node.defaultChild as CfnUserPool).addPropertyOverride(`${parent}.Later`, 'value');
    Validations.of(stack).acknowledge({ id: 'CloudFormation-Validate::F3002', reason: 'AWS may add properties' });

    expect(smsConfigurationOf(stack)).toMatchObject(
      name === 'SmsDelivery' ? { EumsSms: { Later: 'value' } } : { Later: 'value' },
    );
  });

  test('refuses a user pool that already has an SMS delivery, even with replaceExisting', () => {
    const { stack, userPool, origination } = given();
    new SmsDelivery(stack, 'First', { userPool, origination });

    expect(() => make(stack, { userPool, origination, replaceExisting: true })).toThrow(
      'userPool: got a user pool that already has an SMS delivery (Stack/First), expected one without, because a user pool has only one SMS configuration: remove one of the two',
    );
  });

  test('keeps a role of the user that has the construct id of the role of the L2 construct', () => {
    const { stack, origination } = given();
    const userPool = new UserPool(stack, 'WithRole', { smsRole: ownRole(stack) });
    new Role(userPool, 'smsRole', { assumedBy: new ServicePrincipal('cognito-idp.amazonaws.com') });

    make(stack, { userPool, origination, replaceExisting: true });

    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 3);
  });

  test.each([
    ['retained', (userPool: UserPool) => userPool.applyRemovalPolicy(RemovalPolicy.RETAIN), 'Retain'],
    ['deleted', (userPool: UserPool) => userPool.applyRemovalPolicy(RemovalPolicy.DESTROY), 'Delete'],
    ['deleted by an aspect', (userPool: UserPool) => RemovalPolicies.of(userPool).destroy(), 'Delete'],
  ])('gives the role the removal policy of a user pool that is %s', (_, apply, policy) => {
    const { stack, userPool, origination } = given();
    make(stack, { userPool, origination });

    apply(userPool);

    Template.fromStack(stack).hasResource('AWS::IAM::Role', { DeletionPolicy: policy, UpdateReplacePolicy: policy });
  });

  test('gives the role the removal policy that an aspect sets on the user pool after visiting the role', () => {
    const { stack, origination } = given();
    const [first, last] = [new Construct(stack, 'First'), new Construct(stack, 'Last')];
    const userPool = new UserPool(last, 'Users', { removalPolicy: RemovalPolicy.DESTROY });
    make(first, { userPool, origination });

    Aspects.of(stack).add({
      visit: (construct) => construct instanceof CfnUserPool && construct.applyRemovalPolicy(RemovalPolicy.RETAIN),
    });

    Template.fromStack(stack).hasResource('AWS::IAM::Role', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('creates no role if Role.customizeRoles provides one', () => {
    const { stack, userPool, origination } = given();
    const scope = new Construct(stack, 'Scope');
    Role.customizeRoles(scope, { usePrecreatedRoles: { 'Stack/Scope/Sms/Role': 'precreated' } });

    make(scope, { userPool, origination });

    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
  });

  test('accepts an enclosing construct that exposes the same user pool and Region', () => {
    const { stack, userPool, origination } = given();
    const around = Object.assign(new Construct(stack, 'Around'), { userPool, smsRegion: 'us-east-1' });

    expect(() => make(around, { userPool, origination })).not.toThrow();
  });

  test.each([
    ['given its L1 construct', () => {}, false],
    [
      'even if the configuration of the user pool has changed since',
      (userPool: CfnUserPool) => {
        userPool.smsConfiguration = { eumsSms: { callerArn: `arn:aws:iam::${ACCOUNT}:role/elsewhere` } };
      },
      true,
    ],
  ])('removes the role that the L2 user pool created, %s', (_, change, replaceExisting) => {
    const { stack, origination } = given();
    const userPool = new UserPool(stack, 'WithPhones', { signInAliases: { phone: true } });
    const resource = userPool.node.defaultChild as CfnUserPool;
    change(resource);

    make(stack, { userPool: resource, origination, replaceExisting });

    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
  });

  test('gives the role no removal policy if the user pool has none', () => {
    const { stack, origination } = given();
    make(stack, { userPool: new CfnUserPool(stack, 'Bare'), origination });

    Template.fromStack(stack).hasResource('AWS::IAM::Role', {
      DeletionPolicy: Match.absent(),
      UpdateReplacePolicy: Match.absent(),
    });
  });
});

/** The references in a template to a delivery at the construct path of all these tests. */
const { ROLE_ARN, EXTERNAL_ID } = (() => {
  const { stack, userPool } = given();
  const delivery = new SnsSmsDelivery(stack, 'Sms', { userPool });
  return { ROLE_ARN: stack.resolve(delivery.role.roleArn), EXTERNAL_ID: Names.uniqueId(delivery) };
})();

/** The properties of the role of the user, which is kept. */
const OWN_ROLE = {
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'cognito-idp.amazonaws.com' } }],
  },
};

function given(env: Environment = { account: ACCOUNT, region: 'us-east-1' }) {
  const stack = new Stack(new App(), 'Stack', { env });
  const userPool = new UserPool(stack, 'Users');
  const origination = OriginationPhoneNumber.fromPhoneNumberArn(stack, 'Imported number', ARN);
  return { stack, userPool, origination };
}

/** The validation rules of the CDK report that China has neither user pools nor phone numbers. */
function acknowledgeMissingTypes(stack: Stack): void {
  if (stack.region !== 'cn-north-1') return;
  Validations.of(stack).acknowledge({ id: 'CloudFormation-Validate::F3006', reason: 'not in China, as far as known' });
}

function ownRole(scope: Construct): Role {
  return new Role(scope, 'OwnRole', { assumedBy: new ServicePrincipal('cognito-idp.amazonaws.com') });
}

function number(scope: Construct): IOriginationIdentity {
  return new OriginationPhoneNumber(scope, 'Number', {
    isoCountryCode: 'US',
    numberType: OriginationNumberType.TOLL_FREE,
    ...KEYWORDS,
  });
}

function senderId(scope: Construct): IOriginationIdentity {
  return new OriginationSenderId(scope, 'Sender', { senderId: 'EXAMPLE', isoCountryCode: 'DE' });
}

function pool(scope: Construct): IOriginationIdentity {
  return new OriginationPool(scope, 'Pool', { identities: [number(scope)], ...KEYWORDS });
}

/** The environment of a stack as its template refers to it. */
interface Place {
  readonly partition: unknown;
  readonly account: unknown;
  readonly region: unknown;
}

const KEYWORDS = { helpMessage: 'Help is at example.com', stopMessage: 'No more messages from us' };

function callerRole(place: Place, policyName: string, statements: unknown[]) {
  return {
    Description: 'Sends the SMS of a Cognito user pool',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'cognito-idp.amazonaws.com' },
          Condition: conditions(place),
        },
      ],
    },
    Policies: [{ PolicyName: policyName, PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  };
}

function conditions({ partition, account, region }: Place) {
  return {
    StringEquals: { 'sts:ExternalId': EXTERNAL_ID, 'aws:SourceAccount': account },
    ArnLike: { 'aws:SourceArn': join('arn:', partition, ':cognito-idp:', region, ':', account, ':userpool/*') },
  };
}

/** Joins the parts of a text as a template does. */
function join(...parts: readonly unknown[]): unknown {
  const joined: unknown[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined.splice(-1, 1, last + part);
    else joined.push(part);
  }
  return joined.length === 1 ? joined[0] : { 'Fn::Join': ['', joined] };
}

function rolesOf(stack: Stack): unknown[] {
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role')).map(({ Properties }) => Properties);
}

function onlyIdOf(stack: Stack, type: string): string {
  const [id, ...others] = Object.keys(Template.fromStack(stack).findResources(type));
  if (id === undefined || others.length > 0) throw new Error(`expected one ${type}`);
  return id;
}

function smsConfigurationOf(stack: Stack): unknown {
  return Object.values(Template.fromStack(stack).findResources('AWS::Cognito::UserPool'))[0]?.Properties
    .SmsConfiguration;
}
