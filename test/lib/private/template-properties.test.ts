import type * as CdkLib from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type * as Cognito from 'aws-cdk-lib/aws-cognito';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import type * as DynamoDb from 'aws-cdk-lib/aws-dynamodb';
import type * as Iam from 'aws-cdk-lib/aws-iam';
import type * as Kms from 'aws-cdk-lib/aws-kms';
import type * as Lambda from 'aws-cdk-lib/aws-lambda';
import * as library from '../../../lib';

const {
  AdminPasswordReset,
  BulkPasswordReset,
  MessageCatalog,
  OriginationNumberType,
  OriginationPhoneNumber,
  OriginationPool,
  OriginationSenderId,
  ResetMessages,
  SmsDelivery,
  SmsReadiness,
  SnsSmsDelivery,
  UserPoolGrants,
} = library;

/**
 * Loads a module of a second copy of aws-cdk-lib, which npm installs when two packages demand different versions. Jest
 * loads what is named by its path itself, and leaves names of packages to Node.js.
 */
function ofSecondCopy<T>(name: string): T {
  return require(require.resolve(name));
}

const { App, Stack } = ofSecondCopy<typeof CdkLib>('aws-cdk-lib');
const cognito = ofSecondCopy<typeof Cognito>('aws-cdk-lib/aws-cognito');
const dynamodb = ofSecondCopy<typeof DynamoDb>('aws-cdk-lib/aws-dynamodb');
const iam = ofSecondCopy<typeof Iam>('aws-cdk-lib/aws-iam');
const kms = ofSecondCopy<typeof Kms>('aws-cdk-lib/aws-kms');
const lambda = ofSecondCopy<typeof Lambda>('aws-cdk-lib/aws-lambda');

const HMAC = { keySpec: kms.KeySpec.HMAC_256, keyUsage: kms.KeyUsage.GENERATE_VERIFY_MAC };
const ENV = { account: '111122223333', region: 'us-east-1' };
const NUMBER_ARN = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef';

function given() {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Stack', { env: ENV });
  const userPool = new cognito.UserPool(stack, 'Users', { signInAliases: { phone: true } });
  return { app, stack, userPool, resource: userPool.node.defaultChild as Cognito.CfnUserPool };
}

function catalog() {
  const texts = { emailSubject: 'Reset', emailHtml: '<p>{{code}}</p>' };
  return MessageCatalog.fromInline({ defaultLocale: 'en', templates: { reset: { en: texts } } });
}

describe('with an app that has another copy of aws-cdk-lib than this package', () => {
  test('its classes are others (control case)', () => {
    expect(given().userPool).not.toBeInstanceOf(UserPool);
  });

  test.each<[string, (given: { stack: CdkLib.Stack; userPool: Cognito.UserPool }) => void]>([
    [
      'SmsDelivery',
      ({ stack, userPool }) =>
        new SmsDelivery(stack, 'Sms', {
          userPool,
          origination: OriginationPhoneNumber.fromPhoneNumberArn(stack, 'Number', NUMBER_ARN),
        }),
    ],
    ['SnsSmsDelivery', ({ stack, userPool }) => new SnsSmsDelivery(stack, 'Sms', { userPool })],
  ])('%s replaces the role that the L2 user pool created', (_, make) => {
    const { app, stack, userPool } = given();

    make({ stack, userPool });
    app.synth();

    const roles = Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Role'));
    expect(roles).toEqual([expect.stringMatching(/^SmsRole/)]);
  });

  test('ResetMessages reads the user pool as the template has it', () => {
    const { stack, userPool, resource } = given();
    const messages = new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() });
    new AdminPasswordReset(stack, 'Reset', { userPool, messages });
    resource.addPropertyOverride('UsernameConfiguration.CaseSensitive', false);

    const template = Template.fromStack(stack);
    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: { USERNAME_CASE_INSENSITIVE: 'true' } } },
      2,
    );
    Annotations.fromStack(stack).hasWarning('/Stack/Messages', Match.stringLikeRegexp('default sender'));
  });

  test('AdminPasswordReset refuses the account recovery admin_only', () => {
    const { app, stack, userPool, resource } = given();
    new AdminPasswordReset(stack, 'Reset', { userPool });
    resource.accountRecoverySetting = { recoveryMechanisms: [{ name: 'admin_only', priority: 1 }] };
    expect(() => app.synth()).toThrow('userPool: got a user pool whose account recovery is admin_only');
  });

  test('a symmetric signing key is refused, and an HMAC key is accepted', () => {
    for (const [props, refused] of [
      [{}, true],
      [HMAC, false],
    ] as const) {
      const { app, stack, userPool } = given();
      const signingKey = new kms.Key(stack, 'Key', props);
      new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), signingKey });
      const synth = expect(() => app.synth());
      const message = '[Stack/Messages] signingKey: got a key with the spec SYMMETRIC_DEFAULT';
      if (refused) synth.toThrow(message);
      else synth.not.toThrow();
    }
  });

  test('an alias is refused as signing key', () => {
    const { stack, userPool } = given();
    const targetKey = new kms.Key(stack, 'Key', HMAC);
    const signingKey = new kms.Alias(stack, 'Alias', { aliasName: 'signing', targetKey });
    expect(() => new ResetMessages(stack, 'Messages', { userPool, catalog: catalog(), signingKey })).toThrow(
      'signingKey: got an alias',
    );
  });

  test('a ledger with other keys is refused', () => {
    const { stack, userPool } = given();
    const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool, globalSignOut: true });
    const partitionKey = { name: 'id', type: dynamodb.AttributeType.STRING };
    const ledger = new dynamodb.TableV2(stack, 'Table', { partitionKey });
    expect(() => new BulkPasswordReset(stack, 'Bulk', { passwordReset, ledger })).toThrow(
      'ledger: got a table with the keys HASH id S, expected HASH campaign S, RANGE user S',
    );
  });

  test('the parts of a composite principal are validated one by one', () => {
    const { stack, userPool } = given();
    const reset = new AdminPasswordReset(stack, 'Reset', { userPool });
    const conditions = { StringEquals: { 'aws:SourceAccount': ENV.account } };
    const [events, topics] = ['events.amazonaws.com', 'sns.amazonaws.com'];

    expect(() =>
      reset.grantInvoke(
        new iam.CompositePrincipal(new iam.ServicePrincipal(events, { conditions }), new iam.ServicePrincipal(topics)),
      ),
    ).toThrow('grantee: got the service sns.amazonaws.com without a condition');
  });

  test('a grant to a function that was imported without its role is a warning', () => {
    const { stack, userPool } = given();
    const arn = 'arn:aws:lambda:us-east-1:111122223333:function:caller';
    const caller = lambda.Function.fromFunctionArn(stack, 'Caller', arn);

    UserPoolGrants.fromUserPool(userPool).adminResetUserPassword(caller);

    Annotations.fromStack(stack).hasWarning('/Stack/Caller', Match.stringLikeRegexp('Add statement to this resource'));
  });
});

describe('with a second copy of this package', () => {
  const copy = (): typeof library => {
    let loaded: typeof library | undefined;
    jest.isolateModules(() => {
      loaded = require('../../../lib');
    });
    return loaded as typeof library;
  };
  const MESSAGES = { helpMessage: 'help@example.com', stopMessage: 'You get no further messages.' };
  const NUMBER = { ...MESSAGES, isoCountryCode: 'US', numberType: OriginationNumberType.TOLL_FREE };

  test('its classes are others (control case)', () => {
    expect(copy().ResetMessages).not.toBe(ResetMessages);
  });

  test('ResetMessages of the other copy are seen', () => {
    const { stack, userPool } = given();
    const other = copy();
    new other.ResetMessages(stack, 'Others', {
      userPool,
      catalog: other.MessageCatalog.fromInline({
        defaultLocale: 'en',
        templates: { reset: { en: { sms: 'Code {{code}}' } } },
      }),
    });

    expect(() => new ResetMessages(stack, 'Messages', { userPool, catalog: catalog() })).toThrow(
      'userPool: got a user pool that already has ResetMessages (Stack/Others)',
    );
  });

  test('a pool validates the phone numbers of the other copy', () => {
    const { stack } = given();
    const other = copy();
    const first = new OriginationPhoneNumber(stack, 'First', NUMBER);
    const second = new other.OriginationPhoneNumber(stack, 'Second', { ...NUMBER, helpMessage: 'other@example.com' });

    expect(() => new OriginationPool(stack, 'Pool', { ...MESSAGES, identities: [first, second] })).toThrow(
      'identities: got Stack/Second with a different helpMessage than Stack/First',
    );
    new other.OriginationPool(stack, 'Others', { ...MESSAGES, identities: [first] });
    expect(() => new OriginationPool(stack, 'Again', { ...MESSAGES, identities: [first] })).toThrow(
      'identities[0]: got Stack/First, which is already in a pool (Stack/Others)',
    );
  });

  test('SmsReadiness knows the members and the opt-out list of a pool of the other copy', () => {
    const { stack, userPool } = given();
    const other = copy();
    const origination = new other.OriginationPool(stack, 'Pool', {
      ...MESSAGES,
      optOutListName: 'resets',
      identities: [new OriginationSenderId(stack, 'Sender', { senderId: 'EXAMPLE', isoCountryCode: 'GB' })],
    });
    const delivery = new SmsDelivery(stack, 'Sms', { userPool, origination });

    new SmsReadiness(stack, 'Readiness', { delivery });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { OPT_OUT_LIST_NAME: 'resets', POOL_MEMBERS_KNOWN: 'true' } },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sms-voice:DescribeSenderIds',
            Resource: stack.resolve(origination._identities[0]?.originationIdentityArn),
          }),
        ]),
      },
    });
  });
});
