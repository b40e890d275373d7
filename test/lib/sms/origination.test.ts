import { Aws, CfnParameter, type Environment, RemovalPolicies, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnOptOutList } from 'aws-cdk-lib/aws-smsvoice';
import type { Construct } from 'constructs';
import { type IOriginationIdentity, OriginationKeywordAction } from '../../../lib/sms/origination-identity';
import {
  OriginationNumberType,
  OriginationPhoneNumber,
  type OriginationPhoneNumberProps,
} from '../../../lib/sms/origination-phone-number';
import { OriginationPool, type OriginationPoolProps } from '../../../lib/sms/origination-pool';
import { OriginationSenderId, type OriginationSenderIdProps } from '../../../lib/sms/origination-sender-id';
import { CONTEXTS, strictApp } from '../../support/synthesis';

const NUMBER_ARN = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef';
const SENDER_ID_ARN = 'arn:aws:sms-voice:us-east-1:111122223333:sender-id/EXAMPLE/GB';
const POOL_ARN = 'arn:aws:sms-voice:us-east-1:111122223333:pool/pool-0123456789abcdef0123456789abcdef';
const HELP = 'Example: write to help@example.com for help';
const STOP = 'Example: you get no further messages';
const MESSAGES = { helpMessage: HELP, stopMessage: STOP };
const MANDATORY = { HELP: { Message: HELP }, STOP: { Message: STOP } };
const RETAINED = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
const DESTROYED = { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' };

describe.each(CONTEXTS)('origination identities with $context', ({ flags }) => {
  test.each<[string, Environment]>([
    ['an unknown partition', {}],
    ['aws', { account: '111122223333', region: 'us-east-1' }],
    ['aws-us-gov', { account: '111122223333', region: 'us-gov-west-1' }],
  ])('render a phone number, a sender ID and a pool of both in %s', (_, env) => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack', { env });

    // WHEN
    const number = tollFree(stack, 'Number');
    const senderId = new OriginationSenderId(stack, 'SenderId', { senderId: 'EXAMPLE-1', isoCountryCode: 'GB' });
    new OriginationPool(stack, 'Pool', { ...MESSAGES, identities: [number, senderId] });
    app.synth();

    // THEN
    expect(resourcesOf(stack)).toEqual({
      Number8932521F: {
        Type: 'AWS::SMSVOICE::PhoneNumber',
        Properties: {
          IsoCountryCode: 'US',
          NumberType: 'TOLL_FREE',
          NumberCapabilities: ['SMS'],
          MandatoryKeywords: MANDATORY,
          DeletionProtectionEnabled: true,
        },
        ...RETAINED,
      },
      SenderIdD54C7E90: {
        Type: 'AWS::SMSVOICE::SenderId',
        Properties: { IsoCountryCode: 'GB', SenderId: 'EXAMPLE-1', DeletionProtectionEnabled: true },
        ...RETAINED,
      },
      PoolD3F588B8: {
        Type: 'AWS::SMSVOICE::Pool',
        Properties: {
          OriginationIdentities: [
            { 'Fn::GetAtt': ['Number8932521F', 'Arn'] },
            { 'Fn::GetAtt': ['SenderIdD54C7E90', 'Arn'] },
          ],
          MandatoryKeywords: MANDATORY,
          DeletionProtectionEnabled: true,
        },
        ...RETAINED,
      },
    });
  });

  test('render the given keywords and opt-out list', () => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack');
    const optOutListName = new CfnOptOutList(stack, 'OptOuts').ref;
    const keywords = [
      { keyword: 'INFO', message: 'Codes for your password come from here' },
      { keyword: 'Start again', message: 'Welcome back', action: OriginationKeywordAction.OPT_IN },
    ];

    // WHEN
    const number = tollFree(stack, 'Number', { keywords, optOutListName });
    const pool = new OriginationPool(stack, 'Pool', { ...MESSAGES, keywords, optOutListName, identities: [number] });
    app.synth();

    // THEN
    const settings = {
      MandatoryKeywords: MANDATORY,
      OptionalKeywords: [
        { Keyword: 'INFO', Message: 'Codes for your password come from here', Action: 'AUTOMATIC_RESPONSE' },
        { Keyword: 'Start again', Message: 'Welcome back', Action: 'OPT_IN' },
      ],
      OptOutListName: { Ref: 'OptOuts' },
      DeletionProtectionEnabled: true,
    };
    const template = Template.fromStack(stack);
    expect(propertiesOf(template, 'AWS::SMSVOICE::PhoneNumber')).toEqual([
      { IsoCountryCode: 'US', NumberType: 'TOLL_FREE', NumberCapabilities: ['SMS'], ...settings },
    ]);
    expect(propertiesOf(template, 'AWS::SMSVOICE::Pool')).toEqual([
      { OriginationIdentities: [{ 'Fn::GetAtt': ['Number8932521F', 'Arn'] }], ...settings },
    ]);
    expect([number._optOutListName, pool._optOutListName]).toEqual([optOutListName, optOutListName]);
  });

  test.each<[string, (scope: Construct) => IOriginationIdentity, string]>([
    ['phone number', (scope) => OriginationPhoneNumber.fromPhoneNumberArn(scope, 'Number', NUMBER_ARN), NUMBER_ARN],
    ['sender ID', (scope) => OriginationSenderId.fromSenderIdArn(scope, 'SenderId', SENDER_ID_ARN), SENDER_ID_ARN],
  ])('accept an imported %s in a pool', (_, identityIn, arn) => {
    // GIVEN
    const app = strictApp(flags);
    const stack = new Stack(app, 'Stack', { env: { region: 'us-east-1', account: '444455556666' } });

    // WHEN
    const pool = new OriginationPool(stack, 'Pool', { ...MESSAGES, identities: [identityIn(stack)] });
    app.synth();

    // THEN
    expect(resourcesOf(stack)).toEqual({
      PoolD3F588B8: {
        Type: 'AWS::SMSVOICE::Pool',
        Properties: { OriginationIdentities: [arn], MandatoryKeywords: MANDATORY, DeletionProtectionEnabled: true },
        ...RETAINED,
      },
    });
    expect(pool._optOutListName).toBe('Default');
  });

  test('accept a phone number of another stack in a pool', () => {
    // GIVEN
    const app = strictApp(flags);
    const numberStack = new Stack(app, 'NumberStack');
    const poolStack = new Stack(app, 'PoolStack');

    // WHEN
    const identities = [tollFree(numberStack, 'Number')];
    new OriginationPool(poolStack, 'Pool', { ...MESSAGES, identities });
    app.synth();

    // THEN
    expect(propertiesOf(Template.fromStack(poolStack), 'AWS::SMSVOICE::Pool')).toEqual([
      {
        OriginationIdentities: [referenceTo(numberStack)],
        MandatoryKeywords: MANDATORY,
        DeletionProtectionEnabled: true,
      },
    ]);
  });
});

describe('the removal policy of origination identities', () => {
  test.each<[string, RemovalPolicy | undefined, object, boolean]>([
    ['undefined', undefined, RETAINED, true],
    ['RETAIN', RemovalPolicy.RETAIN, RETAINED, true],
    [
      'RETAIN_ON_UPDATE_OR_DELETE',
      RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
      false,
    ],
    ['DESTROY', RemovalPolicy.DESTROY, DESTROYED, false],
  ])('applies to the resource and to its deletion protection: %s', (_, removalPolicy, policies, isProtected) => {
    // GIVEN
    const stack = new Stack();

    // WHEN
    everything(stack, removalPolicy);

    // THEN
    expect(protectionIn(stack)).toEqual(Array(3).fill({ ...policies, isProtected }));
  });

  test('applies to deletion protection too when an aspect sets it', () => {
    // GIVEN
    const app = strictApp();
    const stack = new Stack(app, 'Stack');
    everything(stack);

    // WHEN
    RemovalPolicies.of(stack).destroy();
    app.synth();

    // THEN
    expect(protectionIn(stack)).toEqual(Array(3).fill({ ...DESTROYED, isProtected: false }));
  });
});

describe('attributes of origination identities', () => {
  test('exist for a phone number', () => {
    // GIVEN
    const stack = new Stack();

    // WHEN
    const number = tollFree(stack, 'Number');

    // THEN
    expect(stack.resolve([number.phoneNumberArn, number.phoneNumber, number.phoneNumberId])).toEqual([
      { 'Fn::GetAtt': ['Number8932521F', 'Arn'] },
      { 'Fn::GetAtt': ['Number8932521F', 'PhoneNumber'] },
      { 'Fn::GetAtt': ['Number8932521F', 'PhoneNumberId'] },
    ]);
    expect(number.originationIdentityArn).toBe(number.phoneNumberArn);
    expect(number._optOutListName).toBe('Default');
  });

  test('exist for a sender ID', () => {
    // GIVEN
    const stack = new Stack();

    // WHEN
    const senderId = new OriginationSenderId(stack, 'SenderId', { senderId: 'EXAMPLE', isoCountryCode: 'GB' });

    // THEN
    expect(stack.resolve(senderId.senderIdArn)).toEqual({ 'Fn::GetAtt': ['SenderIdD54C7E90', 'Arn'] });
    expect(senderId.originationIdentityArn).toBe(senderId.senderIdArn);
  });

  test('exist for a pool', () => {
    // GIVEN
    const stack = new Stack();
    const senderId = new OriginationSenderId(stack, 'SenderId', { senderId: 'EXAMPLE', isoCountryCode: 'GB' });
    const number = tollFree(stack, 'Number', { optOutListName: 'Resets' });

    // WHEN
    const pool = new OriginationPool(stack, 'Pool', { ...MESSAGES, identities: [number, senderId] });
    const ofSenderIds = new OriginationPool(stack, 'OfSenderIds', { ...MESSAGES, identities: [senderId] });

    // THEN
    expect(stack.resolve([pool.poolArn, pool.poolId])).toEqual([
      { 'Fn::GetAtt': ['PoolD3F588B8', 'Arn'] },
      { 'Fn::GetAtt': ['PoolD3F588B8', 'PoolId'] },
    ]);
    expect(pool.originationIdentityArn).toBe(pool.poolArn);
    expect(pool._identities).toEqual([number, senderId]);
    expect([pool._optOutListName, ofSenderIds._optOutListName]).toEqual(['Resets', 'Default']);
  });

  test('exist for imported identities', () => {
    // GIVEN
    const stack = new Stack(undefined, 'Stack', { env: { account: '444455556666', region: 'eu-west-1' } });

    // WHEN
    const identities = [
      OriginationPhoneNumber.fromPhoneNumberArn(stack, 'Number', NUMBER_ARN),
      OriginationSenderId.fromSenderIdArn(stack, 'SenderId', SENDER_ID_ARN),
      OriginationPool.fromPoolArn(stack, 'Pool', POOL_ARN),
    ];

    // THEN
    expect(identities.map(({ originationIdentityArn }) => originationIdentityArn)).toEqual([
      NUMBER_ARN,
      SENDER_ID_ARN,
      POOL_ARN,
    ]);
    expect(identities.map(({ env }) => env)).toEqual(Array(3).fill({ account: '111122223333', region: 'us-east-1' }));
  });
});

describe('importing an origination identity', () => {
  const because = (kind: string) =>
    `because the role of the user pool may send from exactly that ARN, and AWS does not accept another name of the same ${kind}`;

  test.each([
    ['a number in E.164 format', '+12065550100'],
    ['an id', 'phone-0123456789abcdef0123456789abcdef'],
    ['the ARN of a sender ID', SENDER_ID_ARN],
    ['the ARN of another service', NUMBER_ARN.replace('sms-voice', 'sns')],
    ['an ARN with an invalid partition', NUMBER_ARN.replace('arn:aws', 'arn:example')],
    ['an ARN without a Region', NUMBER_ARN.replace('us-east-1', '')],
    ['an ARN without an account', NUMBER_ARN.replace('111122223333', '')],
    ['an ARN with a suffix', `${NUMBER_ARN}/x`],
    ['an empty text', ''],
  ])('refuses %s for a phone number', (_, arn) => {
    expect(() => OriginationPhoneNumber.fromPhoneNumberArn(new Stack(), 'Number', arn)).toThrow(
      exactly(
        `phoneNumberArn: got "${arn}", expected the ARN of a phone number, such as arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-…, ${because('phone number')}`,
      ),
    );
  });

  test.each(['EXAMPLE', NUMBER_ARN, SENDER_ID_ARN.replace('/GB', ''), SENDER_ID_ARN.replace('GB', 'gb')])(
    'refuses %s for a sender ID',
    (arn) => {
      expect(() => OriginationSenderId.fromSenderIdArn(new Stack(), 'SenderId', arn)).toThrow(
        exactly(
          `senderIdArn: got "${arn}", expected the ARN of a sender ID, such as arn:aws:sms-voice:us-east-1:111122223333:sender-id/NAME/GB, ${because('sender ID')}`,
        ),
      );
    },
  );

  test.each(['pool-0123456789abcdef0123456789abcdef', NUMBER_ARN])('refuses %s for a pool', (arn) => {
    expect(() => OriginationPool.fromPoolArn(new Stack(), 'Pool', arn)).toThrow(
      exactly(
        `poolArn: got "${arn}", expected the ARN of a pool, such as arn:aws:sms-voice:us-east-1:111122223333:pool/pool-…, ${because('pool')}`,
      ),
    );
  });

  test.each(['aws', 'aws-us-gov', 'aws-cn'])('accepts ARNs of the partition %s, and ARNs with tokens', (partition) => {
    const stack = new Stack();
    const arns = [
      NUMBER_ARN.replace('arn:aws', `arn:${partition}`),
      NUMBER_ARN.replace('arn:aws', `arn:${Aws.PARTITION}`),
      new CfnParameter(stack, 'Arn').valueAsString,
    ];
    for (const [index, arn] of arns.entries()) {
      expect(OriginationPhoneNumber.fromPhoneNumberArn(stack, `Number${index}`, arn).originationIdentityArn).toBe(arn);
    }
  });
});

describe('OriginationPhoneNumber', () => {
  test.each<[Partial<Record<keyof OriginationPhoneNumberProps, unknown>>, string]>([
    [
      { numberType: 'SHORT_CODE' },
      "numberType: got SHORT_CODE, expected one of LONG_CODE, TOLL_FREE, TEN_DLC, SIMULATOR, because CloudFormation cannot request any other, short codes included: request a short code from AWS Support, then use OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:…')",
    ],
    [
      { numberType: OriginationNumberType.TOLL_FREE, isoCountryCode: 'GB' },
      'numberType: got TOLL_FREE in GB, expected another type, because toll-free numbers send SMS in the United States, Canada and Puerto Rico only: use OriginationNumberType.LONG_CODE, or an OriginationSenderId',
    ],
    [
      { numberType: OriginationNumberType.TEN_DLC, isoCountryCode: 'CA' },
      'numberType: got TEN_DLC in CA, expected another type, because 10DLC numbers exist in the United States only: use OriginationNumberType.LONG_CODE, or an OriginationSenderId',
    ],
    [
      { numberType: OriginationNumberType.LONG_CODE },
      'numberType: got LONG_CODE in US, expected another type, because applications may not send from ordinary long codes in the United States: use OriginationNumberType.TEN_DLC or OriginationNumberType.TOLL_FREE',
    ],
    ...['us', 'USA', 'U', '', 'U1'].map((code): [object, string] => [
      { isoCountryCode: code },
      `isoCountryCode: got "${code}", expected two upper-case letters of ISO 3166-1, such as US, because AWS accepts no other form`,
    ]),
    ...['helpMessage', 'stopMessage'].flatMap((property): [object, string][] => [
      [
        { [property]: '' },
        `${property}: got 0 characters, none of them visible, expected 1–1,600, because AWS accepts no other response to a keyword`,
      ],
      [
        { [property]: ' \n' },
        `${property}: got 2 characters, none of them visible, expected 1–1,600, because AWS accepts no other response to a keyword`,
      ],
      [
        { [property]: 'x'.repeat(1601) },
        `${property}: got 1601 characters, expected 1–1,600, because AWS accepts no other response to a keyword`,
      ],
    ]),
    ...['', ' INFO', 'INFO ', 'A\tB', 'x'.repeat(31)].map((keyword): [object, string] => [
      { keywords: [{ keyword, message: 'x' }] },
      `keywords[0].keyword: got ${JSON.stringify(keyword)}, expected 1–30 characters without a space at either end, because AWS accepts no others`,
    ]),
    ...['STOP', 'help', 'Nonstop'].map((keyword): [object, string] => [
      { keywords: [{ keyword, message: 'x' }] },
      `keywords[0].keyword: got "${keyword}", expected a word without HELP or STOP in it, because every number has these keywords already: set helpMessage and stopMessage`,
    ]),
    [
      {
        keywords: [
          { keyword: 'INFO', message: 'x' },
          { keyword: 'info', message: 'x' },
        ],
      },
      'keywords[1].keyword: got "info", expected each keyword once, because keywords are case-insensitive',
    ],
    [
      { keywords: [{ keyword: 'INFO', message: '' }] },
      'keywords[0].message: got 0 characters, none of them visible, expected 1–1,600, because AWS accepts no other response to a keyword',
    ],
    ...['', 'my list', 'x'.repeat(257)].map((optOutListName): [object, string] => [
      { optOutListName },
      `optOutListName: got "${optOutListName}", expected the name or the ARN of an opt-out list: 1–256 letters, digits, and _ : / -`,
    ]),
  ])('refuses %j', (props, message) => {
    expect(() => tollFree(new Stack(), 'Number', props as Partial<OriginationPhoneNumberProps>)).toThrow(
      exactly(message),
    );
  });

  test.each([
    [OriginationNumberType.TOLL_FREE, 'US'],
    [OriginationNumberType.TOLL_FREE, 'CA'],
    [OriginationNumberType.TOLL_FREE, 'PR'],
    [OriginationNumberType.TEN_DLC, 'US'],
    [OriginationNumberType.LONG_CODE, 'GB'],
    [OriginationNumberType.SIMULATOR, 'US'],
  ])('accepts %s in %s', (numberType, isoCountryCode) => {
    // GIVEN
    const app = strictApp();
    const stack = new Stack(app, 'Stack');

    // WHEN
    tollFree(stack, 'Number', { numberType, isoCountryCode });
    app.synth();

    // THEN
    expect(propertiesOf(Template.fromStack(stack), 'AWS::SMSVOICE::PhoneNumber')).toEqual([
      {
        IsoCountryCode: isoCountryCode,
        NumberType: numberType,
        NumberCapabilities: ['SMS'],
        MandatoryKeywords: MANDATORY,
        DeletionProtectionEnabled: true,
      },
    ]);
  });

  test('accepts properties at their limits', () => {
    // GIVEN
    const app = strictApp();
    const longest = 'x'.repeat(1600);

    // WHEN
    tollFree(new Stack(app, 'Stack'), 'Number', {
      helpMessage: longest,
      stopMessage: 'x',
      keywords: [
        { keyword: 'x', message: longest },
        { keyword: 'y'.repeat(30), message: 'x' },
      ],
      optOutListName: `arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/${'x'.repeat(64)}`,
    });

    // THEN
    expect(() => app.synth()).not.toThrow();
  });

  test('accepts properties with tokens', () => {
    // GIVEN
    const stack = new Stack();
    const value = (id: string) => new CfnParameter(stack, id).valueAsString;

    // WHEN
    const number = tollFree(stack, 'Number', {
      isoCountryCode: value('Country'),
      numberType: value('Type') as OriginationNumberType,
      helpMessage: value('Help'),
      stopMessage: value('Stop'),
      keywords: [
        { keyword: `${value('Keyword')} STOP`, message: value('Message') },
        { keyword: value('Keyword2'), message: 'x' },
      ],
      optOutListName: value('OptOuts'),
    });
    tollFree(stack, 'TypeKnown', { isoCountryCode: value('Country2') });

    // THEN
    expect(stack.resolve(number._optOutListName)).toEqual({ Ref: 'OptOuts' });
  });
});

describe('OriginationSenderId', () => {
  test.each<[Partial<OriginationSenderIdProps>, string]>([
    ...['US', 'CA', 'CN'].map((isoCountryCode): [object, string] => [
      { isoCountryCode },
      `isoCountryCode: got ${isoCountryCode}, expected another country, because the United States, Canada and China have no sender IDs: send there from an OriginationPhoneNumber`,
    ]),
    [
      { isoCountryCode: 'gb' },
      'isoCountryCode: got "gb", expected two upper-case letters of ISO 3166-1, such as US, because AWS accepts no other form',
    ],
    ...['', 'Example', 'EXAMPLE12345', '12345', '-EXAMPLE', 'EXAMPLE-', 'EXAM PLE', 'EXAM_PLE', 'ÉCOLE', '-'].map(
      (senderId): [object, string] => [
        { senderId },
        `senderId: got "${senderId}", expected 1–11 upper-case letters, digits and hyphens, at least one letter and no hyphen at either end, because CloudFormation cannot request others`,
      ],
    ),
  ])('refuses %j', (props, message) => {
    expect(
      () => new OriginationSenderId(new Stack(), 'Id', { senderId: 'EXAMPLE', isoCountryCode: 'GB', ...props }),
    ).toThrow(exactly(message));
  });

  test.each(['A', '1A', 'EXAMPLE1234', 'EX-AM-PLE'])('accepts %s', (senderId) => {
    // GIVEN
    const app = strictApp();

    // WHEN
    new OriginationSenderId(new Stack(app, 'Stack'), 'Id', { senderId, isoCountryCode: 'GB' });

    // THEN
    expect(() => app.synth()).not.toThrow();
  });

  test('accepts properties with tokens', () => {
    const stack = new Stack();
    const senderId = new CfnParameter(stack, 'Name').valueAsString;
    const isoCountryCode = new CfnParameter(stack, 'Country').valueAsString;
    expect(() => new OriginationSenderId(stack, 'Id', { senderId, isoCountryCode })).not.toThrow();
  });
});

describe('OriginationPool', () => {
  test('refuses an empty list of identities', () => {
    expect(() => poolOf(new Stack(), [])).toThrow(
      exactly(
        'identities: got none, expected at least one phone number or sender ID, because AWS does not support empty pools',
      ),
    );
  });

  test('refuses a pool as an identity', () => {
    const stack = new Stack();
    const inner = poolOf(stack, [tollFree(stack, 'Number')], { id: 'Inner' });
    expect(() => poolOf(stack, [inner])).toThrow(
      exactly(
        'identities[0]: got a pool, expected a phone number or a sender ID by its ARN, because a pool cannot contain anything else',
      ),
    );
  });

  test('refuses an imported pool as an identity', () => {
    const stack = new Stack();
    expect(() => poolOf(stack, [OriginationPool.fromPoolArn(stack, 'Inner', POOL_ARN)])).toThrow(
      exactly(
        `identities[0]: got "${POOL_ARN}", expected a phone number or a sender ID by its ARN, because a pool cannot contain anything else`,
      ),
    );
  });

  test('refuses the same identity twice', () => {
    const stack = new Stack();
    const number = tollFree(stack, 'Number');
    expect(() => poolOf(stack, [number, number])).toThrow(
      exactly('identities[1]: got Default/Number again, expected each identity once'),
    );
  });

  test('refuses the same ARN twice', () => {
    const stack = new Stack();
    const identities = ['A', 'B'].map((id) => OriginationSenderId.fromSenderIdArn(stack, id, SENDER_ID_ARN));
    expect(() => poolOf(stack, identities)).toThrow(
      exactly(`identities[1]: got ${SENDER_ID_ARN} again, expected each identity once`),
    );
  });

  test('refuses an identity of another Region', () => {
    const app = strictApp();
    const stack = new Stack(app, 'Stack', { env: { region: 'eu-west-1' } });
    const other = new Stack(app, 'Other', { env: { region: 'eu-central-1' } });
    const because = 'because identities belong to one Region: request one there';
    expect(() => poolOf(stack, [OriginationSenderId.fromSenderIdArn(stack, 'A', SENDER_ID_ARN)])).toThrow(
      exactly(`identities[0]: got ${SENDER_ID_ARN} of us-east-1, expected one of eu-west-1, ${because}`),
    );
    expect(() => poolOf(stack, [tollFree(other, 'Number')], { id: 'Pool2' })).toThrow(
      exactly(`identities[0]: got Other/Number of eu-central-1, expected one of eu-west-1, ${because}`),
    );
  });

  test('refuses a phone number that is in another pool', () => {
    const stack = new Stack();
    const number = tollFree(stack, 'Number');
    poolOf(stack, [number], { id: 'First' });
    expect(() => poolOf(stack, [number])).toThrow(
      exactly(
        'identities[0]: got Default/Number, which is already in a pool (Default/First), expected one that is in none, because a phone number can be in one pool only',
      ),
    );
  });

  test('refuses an imported phone number that is in a pool of another stack', () => {
    const app = strictApp();
    const stacks = ['First', 'Second'].map((id) => new Stack(app, id));
    const [first, second] = stacks.map((stack) => [OriginationPhoneNumber.fromPhoneNumberArn(stack, 'N', NUMBER_ARN)]);
    poolOf(stacks[0] as Stack, first as IOriginationIdentity[]);
    expect(() => poolOf(stacks[1] as Stack, second as IOriginationIdentity[])).toThrow(
      exactly(
        `identities[0]: got ${NUMBER_ARN}, which is already in a pool (First/Pool), expected one that is in none, because a phone number can be in one pool only`,
      ),
    );
  });

  test.each<[string, Partial<OriginationPhoneNumberProps>]>([
    ['helpMessage', { helpMessage: 'Another' }],
    ['stopMessage', { stopMessage: 'Another' }],
    ['keywords', { keywords: [{ keyword: 'INFO', message: 'Another' }] }],
    ['optOutListName', { optOutListName: 'Another' }],
  ])('refuses phone numbers that differ in %s', (property, props) => {
    const stack = new Stack();
    const numbers = [tollFree(stack, 'A'), tollFree(stack, 'B'), tollFree(stack, 'C', props)];
    expect(() => poolOf(stack, numbers)).toThrow(
      exactly(
        `identities: got Default/C with a different ${property} than Default/A, expected the same, because all phone numbers of a pool must have the same settings`,
      ),
    );
  });

  test('accepts phone numbers with equivalent settings, and settings with tokens', () => {
    const stack = new Stack();
    const [info, start] = [
      { keyword: 'INFO', message: 'x' },
      { keyword: 'BACK', message: 'y', action: OriginationKeywordAction.OPT_IN },
    ];
    const again = { keyword: 'info', message: 'x', action: OriginationKeywordAction.AUTOMATIC_RESPONSE };
    const numbers = [
      tollFree(stack, 'A', { keywords: [info, start], optOutListName: 'Default' }),
      tollFree(stack, 'B', { keywords: [start, again] }),
      tollFree(stack, 'C', { keywords: [info, start], helpMessage: new CfnParameter(stack, 'Help').valueAsString }),
    ];
    expect(() => poolOf(stack, numbers)).not.toThrow();
  });

  test('accepts a sender ID that is in another pool and of another account', () => {
    const stack = new Stack(undefined, 'Stack', { env: { account: '444455556666', region: 'us-east-1' } });
    const identities = [OriginationSenderId.fromSenderIdArn(stack, 'SenderId', SENDER_ID_ARN)];
    poolOf(stack, identities, { id: 'First' });
    expect(() => poolOf(stack, identities)).not.toThrow();
  });

  test('validates its messages as OriginationPhoneNumber does', () => {
    const stack = new Stack();
    const identities = [OriginationSenderId.fromSenderIdArn(stack, 'SenderId', SENDER_ID_ARN)];
    expect(() => poolOf(stack, identities, { helpMessage: '' })).toThrow(
      exactly(
        'helpMessage: got 0 characters, none of them visible, expected 1–1,600, because AWS accepts no other response to a keyword',
      ),
    );
  });
});

function tollFree(
  scope: Construct,
  id: string,
  props: Partial<OriginationPhoneNumberProps> = {},
): OriginationPhoneNumber {
  const numberType = OriginationNumberType.TOLL_FREE;
  return new OriginationPhoneNumber(scope, id, { ...MESSAGES, isoCountryCode: 'US', numberType, ...props });
}

function poolOf(
  scope: Construct,
  identities: IOriginationIdentity[],
  { id = 'Pool', ...props }: Partial<OriginationPoolProps> & { id?: string } = {},
): OriginationPool {
  return new OriginationPool(scope, id, { ...MESSAGES, identities, ...props });
}

function everything(stack: Stack, removalPolicy?: RemovalPolicy): void {
  const number = tollFree(stack, 'Number', { removalPolicy });
  new OriginationSenderId(stack, 'SenderId', { senderId: 'EXAMPLE', isoCountryCode: 'GB', removalPolicy });
  new OriginationPool(stack, 'Pool', { ...MESSAGES, identities: [number], removalPolicy });
}

function protectionIn(stack: Stack): object[] {
  return Object.values(resourcesOf(stack)).map(({ Properties, DeletionPolicy, UpdateReplacePolicy }) => ({
    DeletionPolicy,
    UpdateReplacePolicy,
    isProtected: Properties.DeletionProtectionEnabled,
  }));
}

// biome-ignore lint/suspicious/noExplicitAny: as Template gives it
function resourcesOf(stack: Stack): Record<string, any> {
  return Template.fromStack(stack).toJSON().Resources;
}

function propertiesOf(template: Template, type: string): unknown[] {
  return Object.values(template.findResources(type)).map(({ Properties }) => Properties);
}

/** A reference to the only output of a stack from another stack: an export, or a name with the recommended flags. */
function referenceTo(stack: Stack): unknown {
  const [[OutputName, output]] = Object.entries(Template.fromStack(stack).findOutputs('*')) as [[string, Output]];
  expect(output.Value).toEqual({ 'Fn::GetAtt': ['Number8932521F', 'Arn'] });
  return output.Export
    ? { 'Fn::ImportValue': output.Export.Name }
    : { 'Fn::GetStackOutput': { StackName: stack.stackName, Region: { Ref: 'AWS::Region' }, OutputName } };
}

interface Output {
  readonly Value: unknown;
  readonly Export?: { readonly Name: string };
}

/** An error, so that toThrow compares the whole message. */
function exactly(message: string): Error {
  return new Error(message);
}
