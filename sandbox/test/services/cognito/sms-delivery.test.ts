import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnPhoneNumber, CfnPool, CfnSenderId } from 'aws-cdk-lib/aws-smsvoice';
import { Sandbox } from '../../../src/sandbox';

const work = mkdtempSync(join(tmpdir(), 'sms-delivery-test-'));
afterAll(() => rmSync(work, { recursive: true }));

const REGION = 'eu-west-1';
const TO = '+447700900123';
const IMPORTED = `arn:aws:sms-voice:${REGION}:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef`;
const OTHER = `${IMPORTED.slice(0, -1)}0`;

/** Account recovery by phone number, so that a reset sends an SMS message. */
const BY_PHONE = { accountRecoverySetting: { recoveryMechanisms: [{ name: 'verified_phone_number', priority: 1 }] } };

/** A role for SMS messages, correct unless `own` says otherwise. */
function role(stack: Stack, id: string, own: { statement?: object; condition?: object; principal?: object } = {}) {
  const statement = own.statement ?? { Action: 'sms-voice:SendTextMessage', Resource: IMPORTED };
  return new CfnRole(stack, id, {
    assumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: own.principal ?? { Service: 'cognito-idp.amazonaws.com' },
          Condition: own.condition ?? { StringEquals: { 'sts:ExternalId': 'external' } },
        },
      ],
    },
    policies: [{ policyName: 'Send', policyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }],
  });
}

/** Defines the user pools. Each has an output with its id. */
function pools(stack: Stack): void {
  const pool = (id: string, smsConfiguration?: CfnUserPool.SmsConfigurationProperty) => {
    const userPool = new CfnUserPool(stack, id, { ...BY_PHONE, smsConfiguration });
    new CfnOutput(stack, `${id}Id`, { value: userPool.ref });
    return userPool;
  };
  const direct = (id: string, callerArn: string, originationIdentity?: string, externalId = 'external') =>
    pool(id, { eumsSms: { callerArn, externalId, originationIdentity } });

  // Correct configurations.
  direct('Direct', role(stack, 'DirectRole').attrArn, IMPORTED);
  pool('Sns', {
    snsCallerArn: role(stack, 'SnsRole', { statement: { Action: 'sns:Publish', Resource: '*' } }).attrArn,
    externalId: 'external',
  });
  pool('None');

  // Unusual or wrong configurations.
  const own = new CfnPhoneNumber(stack, 'Own', {
    isoCountryCode: 'GB',
    numberType: 'LONG_CODE',
    numberCapabilities: ['SMS'],
    mandatoryKeywords: { help: { message: 'Help' }, stop: { message: 'Stop' } },
    optOutListName: 'news',
  });
  const sender = new CfnSenderId(stack, 'Sender', { senderId: 'EXAMPLE', isoCountryCode: 'GB' });
  const poolOf = new CfnPool(stack, 'Both', {
    originationIdentities: [own.attrPhoneNumberId, sender.attrArn],
    mandatoryKeywords: { help: { message: 'Help' }, stop: { message: 'Stop' } },
  });
  new CfnOutput(stack, 'Numbers', { value: `${own.attrArn} ${own.attrPhoneNumber}` });
  new CfnOutput(stack, 'Members', { value: `${poolOf.attrArn} ${sender.attrArn}` });

  direct('AnotherIdentity', role(stack, 'ForOther').attrArn, OTHER);
  direct('E164', role(stack, 'ForArn').attrArn, '+12065550100');
  direct('Chosen', role(stack, 'ForAll', { statement: { Action: 'sms-voice:*', Resource: '*' } }).attrArn);
  pool('SnsDenied', { snsCallerArn: role(stack, 'NoSns').attrArn, externalId: 'external' });
  pool('SnsAbroad', {
    snsCallerArn: role(stack, 'SnsAbroadRole', { statement: { Action: 'sns:Publish', Resource: '*' } }).attrArn,
    externalId: 'external',
    snsRegion: 'us-east-1',
  });
  direct('ForeignRole', 'arn:aws:iam::111122223333:role/elsewhere', IMPORTED);
  for (const [id, [condition, principal]] of Object.entries(TRUST)) {
    direct(id, role(stack, `${id}Role`, { condition, principal }).attrArn, IMPORTED);
  }
}

/** By user pool, the conditions and the principal of its role's trust policy, and the expected error. */
const TRUST: Record<string, [condition: object, principal: object | undefined, error: string | undefined]> = {
  AllConditions: [
    {
      StringEquals: { 'sts:ExternalId': 'external', 'aws:SourceAccount': '111122223333' },
      ArnLike: { 'aws:SourceArn': `arn:aws:cognito-idp:${REGION}:111122223333:userpool/*` },
    },
    undefined,
    undefined,
  ],
  NoConditions: [{}, undefined, undefined],
  SeveralServices: [{}, { Service: ['lambda.amazonaws.com', 'cognito-idp.amazonaws.com'] }, undefined],
  AnotherExternalId: [{ StringEquals: { 'sts:ExternalId': 'another' } }, undefined, 'trust'],
  AnotherAccount: [{ StringEquals: { 'aws:SourceAccount': '444455556666' } }, undefined, 'trust'],
  AnotherRegion: [
    { ArnLike: { 'aws:SourceArn': 'arn:aws:cognito-idp:us-east-1:111122223333:userpool/*' } },
    undefined,
    'trust',
  ],
  AnotherPool: [
    { ArnLike: { 'aws:SourceArn': `arn:aws:cognito-idp:${REGION}:111122223333:userpool/${REGION}_Another01` } },
    undefined,
    'trust',
  ],
  WildcardAcrossColons: [{ ArnLike: { 'aws:SourceArn': 'arn:aws:cognito-idp:*' } }, undefined, 'trust'],
  AnotherService: [{}, { Service: 'sns.amazonaws.com' }, 'trust'],
  AccountPrincipal: [{}, { AWS: 'arn:aws:iam::111122223333:root' }, 'trust'],
  UnsupportedOperator: [{ StringLike: { 'sts:ExternalId': '*' } }, undefined, 'sandbox'],
  UnsupportedKey: [{ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, undefined, 'sandbox'],
};

let sandbox: Sandbox;
/** A second passes with every look at it, so that no request rate quota is exceeded. */
let time = Date.now();
let cognito: CognitoIdentityProviderClient;

beforeAll(async () => {
  const app = new App({ outdir: mkdtempSync(join(work, 'cdk.out-')) });
  pools(new Stack(app, 'Stack', { env: { account: '111122223333', region: REGION } }));
  sandbox = await Sandbox.start({
    assemblyDirectory: app.synth().directory,
    now: () => {
      time += 1_000;
      return new Date(time);
    },
  });
  const credentials = { accessKeyId: 'developer', secretAccessKey: 'developer' };
  cognito = new CognitoIdentityProviderClient({
    endpoint: sandbox.endpoint,
    region: REGION,
    credentials,
    maxAttempts: 1,
  });
  for (const { userPoolId } of sandbox.assembly.userPools) {
    const attributes = { phone_number: TO, phone_number_verified: 'true' };
    await sandbox.cognito.addUser({ userPoolId, username: 'user', attributes });
  }
});
afterAll(() => sandbox.stop());

let before: number;
beforeEach(() => {
  const { sms, faults, messages } = sandbox;
  Object.assign(sms, { tier: 'PRODUCTION', spendLimit: 1, spent: 0 });
  sms.optedOut.clear();
  // Without a limit, because these tests send in real time.
  for (const identity of sms.identities.values())
    Object.assign(identity, { status: 'ACTIVE', partsPerSecond: undefined });
  sms.sent.clear();
  faults.clear();
  before = messages.length;
});

const idOf = (pool: string) => sandbox.assembly.outputs[`${pool}Id`] ?? '';

async function reset(pool: string) {
  const input = { UserPoolId: idOf(pool), Username: 'user' };
  const error = await cognito.send(new AdminResetUserPasswordCommand(input)).then(
    () => undefined,
    (caught: Error) => caught,
  );
  return { error, message: sandbox.messages[before] };
}

async function statusOf(pool: string) {
  const input = { UserPoolId: idOf(pool), Username: 'user' };
  return (await cognito.send(new AdminGetUserCommand(input))).UserStatus;
}

describe('an SMS message of a reset', () => {
  test('is sent from the identity of the user pool through AWS End User Messaging SMS', async () => {
    const { error, message } = await reset('Direct');

    expect(error).toBeUndefined();
    expect(message).toMatchObject({
      channel: 'SMS',
      destination: TO,
      body: expect.stringMatching(/\d{6}/),
      originationIdentity: IMPORTED,
      smsPath: 'END_USER_MESSAGING',
    });
    expect([...sandbox.sms.sent.values()]).toEqual([{ identityArn: IMPORTED, to: TO, body: message?.body }]);
    expect(await statusOf('Direct')).toBe('RESET_REQUIRED');
  });

  test('is sent from a number that Amazon SNS chose for the country of the user', async () => {
    const toUs = '+12065550123';
    await sandbox.cognito.addUser({
      userPoolId: idOf('Sns'),
      username: 'american',
      attributes: { phone_number: toUs, phone_number_verified: 'true' },
    });

    const { error, message } = await reset('Sns');
    await cognito.send(new AdminResetUserPasswordCommand({ UserPoolId: idOf('Sns'), Username: 'american' }));

    expect(error).toBeUndefined();
    expect(message).toMatchObject({ destination: TO, originationIdentity: 'chosen by Amazon SNS', smsPath: 'SNS' });
    expect(sandbox.messages.at(-1)).toMatchObject({ destination: toUs, originationIdentity: IMPORTED, smsPath: 'SNS' });
  });

  test('is sent from the SnsRegion, in which the account has no number', async () => {
    const { message } = await reset('SnsAbroad');

    expect(message).toMatchObject({ originationIdentity: 'chosen by Amazon SNS', smsPath: 'SNS' });
  });

  test('is sent from an identity that AWS chose if the user pool has none', async () => {
    const [own] = sandbox.assembly.outputs.Numbers?.split(' ') ?? [];

    const { error, message } = await reset('Chosen');

    expect(error).toBeUndefined();
    expect(message).toMatchObject({ originationIdentity: own, smsPath: 'END_USER_MESSAGING' });
  });

  test('is delivered without a service if the user pool has no SmsConfiguration', async () => {
    const { message } = await reset('None');

    expect(message).toMatchObject({ channel: 'SMS', destination: TO });
    expect(message).not.toHaveProperty('smsPath');
    expect(sandbox.sms.sent.size).toBe(0);
  });

  test.each(Object.entries(TRUST))(
    'is sent only if the trust policy of the role allows it: %s',
    async (pool, [, , expected]) => {
      const { error, message } = await reset(pool);

      const names = { trust: 'InvalidSmsRoleTrustRelationshipException', sandbox: 'InternalErrorException' };
      expect(error?.name).toBe(names[expected as keyof typeof names]);
      if (expected === 'sandbox')
        expect(error?.message).toMatch(/^sandbox: the trust policy of the role .* got the .*, expected/);
      expect(message === undefined).toBe(expected !== undefined);
      expect(await statusOf(pool)).toBe(expected === undefined ? 'RESET_REQUIRED' : 'CONFIRMED');
    },
  );

  test.each([
    ['may only send from another identity', 'AnotherIdentity', 'InvalidSmsRoleAccessPolicyException'],
    [
      'may send from an ARN, but the user pool gives the number in E.164',
      'E164',
      'InvalidSmsRoleAccessPolicyException',
    ],
    ['may not publish', 'SnsDenied', 'InvalidSmsRoleAccessPolicyException'],
    ['is not in this app', 'ForeignRole', 'InternalErrorException'],
  ])('is not sent, and the user is not changed, if the role %s', async (_, pool, name) => {
    const { error, message } = await reset(pool);

    expect(error?.name).toBe(name);
    expect(message).toBeUndefined();
    expect(await statusOf(pool)).toBe('CONFIRMED');
  });

  test.each([
    ['the account is in the SMS sandbox and the destination is not verified', 'SANDBOX', {}],
    ['the account has reached its spend limit', 'PRODUCTION', { spent: 1 }],
  ])('fails if %s', async (_, tier, fields) => {
    Object.assign(sandbox.sms, { tier, ...fields });

    for (const pool of ['Direct', 'Sns']) {
      const { error } = await reset(pool);
      expect(error?.name).toBe('CodeDeliveryFailureException');
      expect(error?.message).not.toContain(TO);
    }
    expect([sandbox.messages.length, sandbox.sms.sent.size]).toEqual([before, 0]);
  });

  test('fails for a user who has opted out', async () => {
    sandbox.sms.optedOut.add(TO);

    for (const pool of ['Direct', 'Sns']) {
      expect((await reset(pool)).error?.name).toBe('CodeDeliveryFailureException');
    }
  });

  test('fails from a pending number', async () => {
    const identity = sandbox.sms.identities.get(IMPORTED);
    if (identity) identity.status = 'PENDING';

    const { error, message } = await reset('Direct');

    expect(error).toMatchObject({
      name: 'CodeDeliveryFailureException',
      message: expect.stringContaining('RESOURCE_NOT_ACTIVE'),
    });
    expect(message).toBeUndefined();
  });

  test('is lost without an error if the number sends no more message parts in this second', async () => {
    const number = sandbox.sms.identities.get(IMPORTED);
    if (number) number.partsPerSecond = 0;
    sandbox.faults.add({ service: 'sns', operation: 'Publish', instead: { status: 429, name: 'Throttled' } });

    for (const pool of ['Direct', 'Sns']) {
      expect(await reset(pool)).toEqual({ error: undefined, message: undefined });
      expect(await statusOf(pool)).toBe('RESET_REQUIRED');
    }
    expect(sandbox.sms.sent.size).toBe(0);
  });

  test.each(['hang', 'slow-body', 'cut-after', 'garbage'] as const)(
    'fails if AWS End User Messaging SMS has the fault %s',
    async (instead) => {
      sandbox.faults.add({ service: 'sms-voice', operation: 'SendTextMessage', instead });

      const { error, message } = await reset('Direct');

      expect(error?.name).toBe('CodeDeliveryFailureException');
      expect(message).toBeUndefined();
    },
  );
});

test('AdminCreateUser creates no user if the invitation cannot be sent', async () => {
  const user = { UserPoolId: idOf('AnotherIdentity'), Username: 'invited' };
  const UserAttributes = [{ Name: 'phone_number', Value: TO }];

  await expect(cognito.send(new AdminCreateUserCommand({ ...user, UserAttributes }))).rejects.toMatchObject({
    name: 'InvalidSmsRoleAccessPolicyException',
  });
  await expect(cognito.send(new AdminGetUserCommand(user))).rejects.toMatchObject({ name: 'UserNotFoundException' });
});

test('the SMS account has the identities that the assembly creates and those that its user pools use', () => {
  const { identities } = sandbox.sms;
  const [own = '', number] = sandbox.assembly.outputs.Numbers?.split(' ') ?? [];
  const [pool = '', sender = ''] = sandbox.assembly.outputs.Members?.split(' ') ?? [];

  expect(number).toMatch(/^\+447700900\d{3}$/);
  expect(identities.get(own)).toMatchObject({ kind: 'PHONE_NUMBER', phoneNumber: number, optOutListName: 'news' });
  expect(identities.get(sender)).toMatchObject({ kind: 'SENDER_ID', senderId: 'EXAMPLE', isoCountryCode: 'GB' });
  expect(identities.get(pool)).toMatchObject({ kind: 'POOL', members: [own, sender] });
  expect(identities.get(IMPORTED)).toMatchObject({
    kind: 'PHONE_NUMBER',
    numberType: 'TOLL_FREE',
    phoneNumber: expect.stringMatching(/^\+1\d{3}55501\d\d$/),
  });
});
