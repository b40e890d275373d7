import {
  AdminCreateUserCommand,
  type AdminCreateUserCommandInput,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  DescribeUserPoolCommand,
  ListUsersCommand,
  paginateListUsers,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Json } from '../../../src/model';
import {
  accountRecovery,
  CLIENT_ID,
  CognitoHarness,
  OTHER_USER_POOL_ID,
  PASSWORD,
  SES_EMAIL,
  TRIGGER_ARN,
  USER_POOL_ARN,
  USER_POOL_ID,
  VERIFIED_EMAIL,
  VERIFIED_PHONE,
} from '../../support/cognito-harness';

let harness: CognitoHarness;
afterEach(() => harness.stop());

const VERIFIED_EMAIL_OF_BEN = { email: 'ben@example.com', email_verified: 'true' };
const SUPPRESS = { MessageAction: 'SUPPRESS' };
const jane = { UserPoolId: USER_POOL_ID, Username: 'jane' };
const attributes = (record: Record<string, string>) => Object.entries(record).map(([Name, Value]) => ({ Name, Value }));

describe('ListUsers', () => {
  const usernames = async (input: Json) =>
    (await harness.client.send(new ListUsersCommand({ UserPoolId: USER_POOL_ID, ...input }))).Users?.map(
      (u) => u.Username,
    );

  async function addMany(count: number) {
    for (let i = 0; i < count; i++) await harness.addUser({ username: String(count - i) });
  }

  test.each([
    [59, [59]],
    [60, [60]],
    [61, [60, 1]],
    [130, [60, 60, 10]],
  ])('returns %d users in pages of %j', async (count, sizes) => {
    harness = await CognitoHarness.start();
    await addMany(count);
    const pages: string[][] = [];
    for await (const { Users } of paginateListUsers({ client: harness.client }, { UserPoolId: USER_POOL_ID })) {
      pages.push((Users ?? []).map(({ Username }) => Username as string));
    }
    expect(pages.map(({ length }) => length)).toEqual(sizes);
    expect(new Set(pages.flat()).size).toBe(count);
  });

  test('is eventually consistent, and AdminGetUser is not', async () => {
    // GIVEN
    harness = await CognitoHarness.start();
    await harness.addUser();
    const seen = async () => {
      const { Users = [] } = await harness.client.send(new ListUsersCommand({ UserPoolId: USER_POOL_ID }));
      return Users.map(({ Username, Enabled }) => [Username, Enabled]);
    };
    expect(await seen()).toEqual([['jane', true]]);

    // WHEN
    await harness.client.send(new AdminDisableUserCommand(jane));
    const created = { UserPoolId: USER_POOL_ID, Username: 'ben', ...SUPPRESS } as AdminCreateUserCommandInput;
    await harness.client.send(new AdminCreateUserCommand(created));

    // THEN
    expect(await seen()).toEqual([['jane', true]]);
    expect(await harness.client.send(new AdminGetUserCommand(jane))).toMatchObject({ Enabled: false });
    harness.time += 1_000;
    expect(await seen()).toEqual([
      ['jane', false],
      ['ben', true],
    ]);
  });

  test('continues at its position if users are added or deleted between pages', async () => {
    harness = await CognitoHarness.start();
    await addMany(5);
    const first = await harness.client.send(new ListUsersCommand({ UserPoolId: USER_POOL_ID, Limit: 3 }));
    await harness.client.send(new AdminDeleteUserCommand({ UserPoolId: USER_POOL_ID, Username: '5' }));
    await harness.client.send(new AdminDeleteUserCommand({ UserPoolId: USER_POOL_ID, Username: '3' }));
    await harness.addUser({ username: '0' });
    await harness.client.send(new AdminDisableUserCommand({ UserPoolId: USER_POOL_ID, Username: '4' }));
    expect(first.Users?.map(({ Username }) => Username)).toEqual(['5', '4', '3']);
    expect(await usernames({ PaginationToken: first.PaginationToken })).toEqual(['2', '1', '0']);
  });

  test('refuses a pagination token after an hour', async () => {
    harness = await CognitoHarness.start();
    await addMany(2);
    const { PaginationToken } = await harness.client.send(new ListUsersCommand({ UserPoolId: USER_POOL_ID, Limit: 1 }));
    harness.time += 3_600_000;
    expect(await usernames({ PaginationToken })).toHaveLength(1);
    harness.time += 1;
    await expect(usernames({ PaginationToken })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test.each<[string, Json]>([
    ['a limit of 61', { Limit: 61 }],
    ['a negative limit', { Limit: -1 }],
    ['a forged pagination token', { PaginationToken: 'forged' }],
    [
      'a pagination token of another user pool',
      {
        PaginationToken: Buffer.from(`${OTHER_USER_POOL_ID} 5 ${Date.parse('2026-01-01T00:00:00Z')}`).toString(
          'base64url',
        ),
      },
    ],
    ['a filter without an operator', { Filter: 'username "jane"' }],
    ['a filter on an attribute that is not searchable', { Filter: '"custom:tenant" = "a"' }],
    ['a filter on a property of every object', { Filter: 'constructor = "a"' }],
  ])('refuses %s', async (_name, input) => {
    harness = await CognitoHarness.start();
    await expect(usernames(input)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test.each<[string, readonly string[]]>([
    ['username = "jane"', ['jane']],
    ['username ^= "j"', ['jane', 'john']],
    ['username ^= "ane"', []],
    ['username = "JANE"', []],
    ['email = "jane@example.com"', ['jane']],
    ['phone_number ^= "+1555"', ['john']],
    ['cognito:user_status = "reset_required"', ['john']],
    ['status = "Disabled"', ['mary']],
    ['status="Enabled"', ['jane', 'john']],
    ['given_name = "M"', ['mary']],
    ['name = "M"', []],
  ])('filters by %s', async (Filter, expected) => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await harness.addUser({ username: 'john', attributes: VERIFIED_PHONE, status: 'RESET_REQUIRED' });
    await harness.addUser({ username: 'mary', attributes: { given_name: 'M' }, enabled: false });
    expect(await usernames({ Filter })).toEqual(expected);
  });

  test('returns all attributes, or those in AttributesToGet', async () => {
    harness = await CognitoHarness.start();
    const sub = await harness.addUser();
    const list = (input: Json) => harness.client.send(new ListUsersCommand({ UserPoolId: USER_POOL_ID, ...input }));
    const user = {
      Username: 'jane',
      Enabled: true,
      UserStatus: 'CONFIRMED',
      UserCreateDate: new Date(harness.time),
      UserLastModifiedDate: new Date(harness.time),
    };
    expect((await list({})).Users).toEqual([{ ...user, Attributes: attributes({ sub, ...VERIFIED_EMAIL }) }]);
    expect((await list({ AttributesToGet: ['sub'] })).Users).toEqual([{ ...user, Attributes: attributes({ sub }) }]);
  });

  // aws/aws-sdk-js 3091 and 2570 report the error.
  test.each<[string, Json, string | undefined]>([
    ['an attribute that every user has', { AttributesToGet: ['sub', 'email_verified'] }, undefined],
    ['a searchable attribute that a user of the page lacks', { AttributesToGet: ['phone_number'] }, 'refused'],
    [
      'a searchable attribute that only a user of another page lacks',
      { AttributesToGet: ['name'], Limit: 1 },
      undefined,
    ],
    ['another attribute that any user lacks', { AttributesToGet: ['phone_number_verified'], Limit: 1 }, 'refused'],
    ['an attribute that no user has', { AttributesToGet: ['custom:tenant'] }, 'refused'],
  ])('supports AttributesToGet only for attributes that the users have: %s', async (_, input, outcome) => {
    harness = await CognitoHarness.start();
    const phone = { ...VERIFIED_EMAIL, ...VERIFIED_PHONE };
    await harness.addUser({ username: 'ann', attributes: { ...phone, name: 'Ann' } });
    await harness.addUser({ username: 'ben', attributes: VERIFIED_EMAIL_OF_BEN });

    const error = await usernames(input).then(
      () => undefined,
      ({ name, message }: Error) => ({ name, message }),
    );

    expect(error).toEqual(
      outcome && { name: 'InvalidParameterException', message: 'One or more requested attributes do not exist.' },
    );
  });
});

describe('AdminCreateUser', () => {
  const create = (input: Partial<AdminCreateUserCommandInput>) =>
    harness.client.send(new AdminCreateUserCommand({ ...jane, ...input }));

  test('sends no message with MessageAction SUPPRESS', async () => {
    harness = await CognitoHarness.start();
    const { User } = await create({ MessageAction: 'SUPPRESS', UserAttributes: attributes(VERIFIED_EMAIL) });
    expect(User).toMatchObject({ Username: 'jane', UserStatus: 'FORCE_CHANGE_PASSWORD', Enabled: true });
    expect(harness.messages).toEqual([]);
  });

  const temporary = 'Temporary-1';
  test.each<[string, Json, string[]]>([
    ['by SMS by default', {}, ['SMS +15555550100']],
    ['by email', { DesiredDeliveryMediums: ['EMAIL'] }, ['EMAIL jane@example.com']],
    ['by email and SMS', { DesiredDeliveryMediums: ['EMAIL', 'SMS'] }, ['EMAIL jane@example.com', 'SMS +15555550100']],
  ])('sends an invitation %s', async (_name, input, sent) => {
    harness = await CognitoHarness.start();
    await create({
      TemporaryPassword: temporary,
      UserAttributes: attributes({ ...VERIFIED_EMAIL, ...VERIFIED_PHONE }),
      ...input,
    });
    expect(harness.messages.map(({ channel, destination }) => `${channel} ${destination}`)).toEqual(sent);
    for (const { body } of harness.messages) {
      expect(body).toBe(`Your username is jane and temporary password is ${temporary}.`);
    }
    await expect(harness.signIn(temporary)).resolves.toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED' });
  });

  test('generates a temporary password that meets the policy', async () => {
    harness = await CognitoHarness.start({ Policies: { PasswordPolicy: { MinimumLength: 40, RequireSymbols: true } } });
    await create({ UserAttributes: attributes(VERIFIED_PHONE) });
    const password = /password is (.*)\.$/.exec(harness.messages[0].body)?.[1] ?? '';
    expect(password.length).toBeGreaterThanOrEqual(40);
    await expect(harness.signIn(password)).resolves.toMatchObject({ ChallengeName: 'NEW_PASSWORD_REQUIRED' });
  });

  test('sends another invitation with another password', async () => {
    harness = await CognitoHarness.start();
    await create({ TemporaryPassword: temporary, UserAttributes: attributes(VERIFIED_PHONE) });
    const { User } = await create({ TemporaryPassword: 'Temporary-2', MessageAction: 'RESEND' });
    expect(User?.Username).toBe('jane');
    expect(harness.messages).toHaveLength(2);
    await expect(harness.signIn('Temporary-2')).resolves.toBeDefined();
    await expect(harness.signIn(temporary)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  test('uses the InviteMessageTemplate for invitations only', async () => {
    const InviteMessageTemplate = { SMSMessage: '{username}/{####}' };
    harness = await CognitoHarness.start({ AdminCreateUserConfig: { InviteMessageTemplate } });
    await create({ TemporaryPassword: temporary, UserAttributes: attributes(VERIFIED_PHONE) });
    expect(harness.messages[0].body).toBe(`jane/${temporary}`);

    await harness.addUser({ username: 'john', attributes: VERIFIED_PHONE });
    await harness.service.call('AdminResetUserPassword', { UserPoolId: USER_POOL_ID, Username: 'john' });
    expect(harness.messages[1].body).toMatch(/^Your password reset code is \d{6}$/);
  });

  test('uses the sub as user name in a user pool with UsernameAttributes', async () => {
    harness = await CognitoHarness.start({ UsernameAttributes: ['email', 'phone_number'] });
    const { User } = await create({ Username: '+15555550100', MessageAction: 'SUPPRESS' });
    expect(User?.Attributes).toEqual(
      expect.arrayContaining(attributes({ sub: User?.Username as string, phone_number: '+15555550100' })),
    );
    expect(await harness.status('+15555550100')).toBe('FORCE_CHANGE_PASSWORD');
  });

  test.each<[string, Json, Json, string]>([
    ['a user name that is taken', {}, { Username: 'taken' }, 'UsernameExistsException'],
    [
      'an email address that is taken as user name attribute',
      { UsernameAttributes: ['email'] },
      { Username: 'taken@example.com' },
      'UsernameExistsException',
    ],
    [
      'an alias that is taken',
      { AliasAttributes: ['email'] },
      { UserAttributes: attributes({ email: 'taken@example.com', email_verified: 'true' }) },
      'AliasExistsException',
    ],
    ['a weak password', {}, { TemporaryPassword: 'weak' }, 'InvalidPasswordException'],
    ['an invitation without a contact (assumed)', {}, {}, 'InvalidParameterException'],
    [
      'a user name that is no email address in a user pool that requires one',
      { UsernameAttributes: ['email'] },
      SUPPRESS,
      'InvalidParameterException',
    ],
    [
      'a phone number as user name in a user pool that requires an email address',
      { UsernameAttributes: ['email'] },
      { Username: '+15555550100', ...SUPPRESS },
      'InvalidParameterException',
    ],
    [
      'a user name in the format of an alias',
      { AliasAttributes: ['email'] },
      { Username: 'j@example.com', ...SUPPRESS },
      'InvalidParameterException',
    ],
    ['a given sub', {}, { UserAttributes: attributes({ sub: 'x', ...VERIFIED_PHONE }) }, 'InvalidParameterException'],
    ['another invitation to a user who does not exist', {}, { MessageAction: 'RESEND' }, 'UserNotFoundException'],
    [
      'another invitation to a confirmed user',
      {},
      { Username: 'taken', MessageAction: 'RESEND' },
      'UnsupportedUserStateException',
    ],
    [
      'ForceAliasCreation, which is not supported',
      {},
      { ForceAliasCreation: true, MessageAction: 'SUPPRESS' },
      'InvalidAction',
    ],
    ['an unknown user pool', {}, { UserPoolId: 'us-east-1_unknown' }, 'ResourceNotFoundException'],
  ])('refuses %s', async (_name, properties, input, name) => {
    harness = await CognitoHarness.start(properties);
    const taken = { email: 'taken@example.com', email_verified: 'true' };
    await harness.addUser({
      username: properties.UsernameAttributes ? 'taken@example.com' : 'taken',
      attributes: taken,
    });
    await expect(create(input)).rejects.toMatchObject({ name });
    await expect(harness.status()).rejects.toMatchObject({ name: 'UserNotFoundException' });
    expect(harness.messages).toEqual([]);
  });

  test('accepts an alias of another user that is not verified', async () => {
    harness = await CognitoHarness.start({ AliasAttributes: ['email'] });
    await harness.addUser({ username: 'first' });
    await expect(
      create({ MessageAction: 'SUPPRESS', UserAttributes: attributes({ email: VERIFIED_EMAIL.email }) }),
    ).resolves.toBeDefined();
    await expect(harness.status(VERIFIED_EMAIL.email)).resolves.toBe('CONFIRMED');
  });

  test('creates no user if the invitation fails (assumed)', async () => {
    harness = await CognitoHarness.start({ ...SES_EMAIL, LambdaConfig: { CustomMessage: TRIGGER_ARN } });
    harness.answerTrigger({ smsMessage: 'no user name {####}' });
    const creating = create({ UserAttributes: attributes(VERIFIED_PHONE) });
    await expect(creating).rejects.toMatchObject({ name: 'InvalidLambdaResponseException' });
    await expect(harness.status()).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });
});

describe('an administrator', () => {
  beforeEach(async () => {
    harness = await CognitoHarness.start({ AliasAttributes: ['email'], Schema: [{ Name: 'tenant', Mutable: true }] });
    await harness.addUser({ mfa: ['SOFTWARE_TOKEN_MFA'] });
  });

  test('can get a user', async () => {
    expect(await harness.client.send(new AdminGetUserCommand(jane))).toMatchObject({
      Username: 'jane',
      Enabled: true,
      UserStatus: 'CONFIRMED',
      UserMFASettingList: ['SOFTWARE_TOKEN_MFA'],
      UserAttributes: expect.arrayContaining(attributes(VERIFIED_EMAIL)),
      UserCreateDate: new Date(harness.time),
    });
  });

  test('can disable and enable a user, also by alias', async () => {
    const byAlias = { UserPoolId: USER_POOL_ID, Username: 'jane@example.com' };
    await harness.client.send(new AdminDisableUserCommand(byAlias));
    expect((await harness.client.send(new AdminGetUserCommand(jane))).Enabled).toBe(false);
    await harness.client.send(new AdminEnableUserCommand(byAlias));
    expect((await harness.client.send(new AdminGetUserCommand(jane))).Enabled).toBe(true);
  });

  test.each([
    [true, 'CONFIRMED', { AuthenticationResult: expect.anything() }],
    [false, 'FORCE_CHANGE_PASSWORD', { ChallengeName: 'NEW_PASSWORD_REQUIRED' }],
    [undefined, 'FORCE_CHANGE_PASSWORD', { ChallengeName: 'NEW_PASSWORD_REQUIRED' }],
  ])('can set a password with Permanent %s', async (Permanent, status, answer) => {
    const Password = 'Another-horse-2';
    await harness.client.send(new AdminSetUserPasswordCommand({ ...jane, Password, Permanent }));
    expect(await harness.status()).toBe(status);
    await expect(harness.signIn(Password)).resolves.toMatchObject(answer);
  });

  test('can end a required reset by setting a permanent password', async () => {
    await harness.service.call('AdminResetUserPassword', jane);
    await harness.client.send(new AdminSetUserPasswordCommand({ ...jane, Password: PASSWORD, Permanent: true }));
    await expect(harness.signIn()).resolves.toHaveProperty('AuthenticationResult.AccessToken');
  });

  test('cannot set a weak password', async () => {
    const set = new AdminSetUserPasswordCommand({ ...jane, Password: 'weak-password', Permanent: true });
    await expect(harness.client.send(set)).rejects.toMatchObject({ name: 'InvalidPasswordException' });
  });

  test('can delete a user', async () => {
    await harness.client.send(new AdminDeleteUserCommand(jane));
    for (const name of ['jane', 'jane@example.com']) {
      await expect(harness.status(name)).rejects.toMatchObject({ name: 'UserNotFoundException' });
    }
    await harness.addUser({ attributes: { email: 'new@example.com', email_verified: 'true' } });
    await expect(harness.status('jane@example.com')).rejects.toMatchObject({ name: 'UserNotFoundException' });
    expect(await harness.status('new@example.com')).toBe('CONFIRMED');
  });

  const update = (record: Record<string, string>, Username = 'jane') =>
    harness.client.send(
      new AdminUpdateUserAttributesCommand({ UserPoolId: USER_POOL_ID, Username, UserAttributes: attributes(record) }),
    );

  test('can change attributes, and can mark a contact as verified without repeating it', async () => {
    await update({ 'custom:tenant': 'a', email: 'new@example.com' });
    await expect(harness.status('new@example.com')).rejects.toMatchObject({ name: 'UserNotFoundException' });
    await update({ email_verified: 'true' });
    expect(
      (await harness.client.send(new AdminGetUserCommand({ ...jane, Username: 'new@example.com' }))).UserAttributes,
    ).toEqual(
      expect.arrayContaining(attributes({ 'custom:tenant': 'a', email: 'new@example.com', email_verified: 'true' })),
    );
  });

  test('can set an alias to its current value', async () => {
    await expect(update(VERIFIED_EMAIL)).resolves.toBeDefined();
  });

  test.each<[string, Record<string, string>, string, string]>([
    ['an unknown attribute', { 'custom:other': 'a' }, 'jane', 'InvalidParameterException'],
    ['the sub', { sub: 'a' }, 'jane', 'InvalidParameterException'],
    ['an unknown user', { name: 'a' }, 'john', 'UserNotFoundException'],
    ['the verification of a missing contact', { email_verified: 'true' }, 'mary', 'InvalidParameterException'],
    [
      'an alias to one that is taken',
      { email: 'jane@example.com', email_verified: 'true' },
      'mary',
      'AliasExistsException',
    ],
  ])('cannot change %s', async (_name, record, username, name) => {
    await harness.addUser({ username: 'mary', attributes: {} });
    await expect(update(record, username)).rejects.toMatchObject({ name });
  });

  test.each(['AdminGetUser', 'AdminDisableUser', 'AdminEnableUser', 'AdminDeleteUser'])(
    'gets an error from %s for an unknown user or user pool',
    async (operation) => {
      const call = (input: Json) => harness.service.call(operation, input);
      await expect(call({ ...jane, Username: 'john' })).rejects.toMatchObject({
        name: 'UserNotFoundException',
        message: 'User does not exist.',
      });
      await expect(call({ ...jane, UserPoolId: 'us-east-1_unknown' })).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    },
  );
});

test.each<[string, string, Json]>([
  [
    'AdminUpdateUserAttributes',
    'an attribute name of 33 characters',
    { UserAttributes: attributes({ ['n'.repeat(33)]: 'a' }) },
  ],
  [
    'AdminUpdateUserAttributes',
    'an attribute name with a space',
    { UserAttributes: attributes({ 'given name': 'a' }) },
  ],
  [
    'AdminUpdateUserAttributes',
    'an attribute value of 2,049 characters',
    { UserAttributes: attributes({ name: 'a'.repeat(2_049) }) },
  ],
  ['AdminSetUserPassword', 'a password of 257 characters', { Password: `Aa1!${'a'.repeat(253)}` }],
  ['AdminSetUserPassword', 'a password that begins with a space', { Password: ` ${PASSWORD}` }],
  ['AdminCreateUser', 'a temporary password of 257 characters', { TemporaryPassword: `Aa1!${'a'.repeat(253)}` }],
  ['AdminCreateUser', 'a temporary password that begins with a space', { TemporaryPassword: ` ${PASSWORD}` }],
  ['AdminCreateUser', 'an unknown message action', { MessageAction: 'OTHER' }],
  ['ListUsers', 'a filter of 257 characters', { Filter: `name = "${'a'.repeat(248)}"` }],
])('%s refuses %s', async (operation, _, input) => {
  harness = await CognitoHarness.start();
  await harness.addUser();
  const call = harness.service.call(operation, { UserPoolId: USER_POOL_ID, Username: 'jane', ...input });
  await expect(call).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('validation error'),
  });
});

test.each<[string, Json]>([
  ['ListUsers', { AttributesToGet: 'sub' }],
  ['ListUsers', { AttributesToGet: [1] }],
  ['ListUsers', { Limit: '5' }],
  ['ListUsers', { Filter: {} }],
  ['AdminUpdateUserAttributes', { Username: 'jane', UserAttributes: { Name: 'name' } }],
  ['AdminUpdateUserAttributes', { Username: 'jane', UserAttributes: [null] }],
  ['AdminUpdateUserAttributes', { Username: 'jane', UserAttributes: [{ Name: 'name', Value: 1 }] }],
  ['AdminCreateUser', { Username: 'john', DesiredDeliveryMediums: 'EMAIL' }],
  ['AdminGetUser', { Username: ['jane'] }],
])('%s refuses a value of the wrong type: %j', async (operation, input) => {
  harness = await CognitoHarness.start();
  await harness.addUser();
  const call = harness.service.call(operation, { UserPoolId: USER_POOL_ID, ...input });
  await expect(call).rejects.toMatchObject({ name: 'SerializationException', status: 400 });
});

describe('DescribeUserPool', () => {
  const described = async () =>
    (await harness.client.send(new DescribeUserPoolCommand({ UserPoolId: USER_POOL_ID }))).UserPool;

  test('returns the properties of the template', async () => {
    const properties = {
      ...accountRecovery('verified_email'),
      ...SES_EMAIL,
      AliasAttributes: ['email'],
      AutoVerifiedAttributes: ['email', 'phone_number'],
      DeletionProtection: 'ACTIVE',
      LambdaConfig: { CustomMessage: TRIGGER_ARN },
      MfaConfiguration: 'OPTIONAL',
      SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::111122223333:role/sms', ExternalId: 'id' },
      UsernameConfiguration: { CaseSensitive: false },
    };
    harness = await CognitoHarness.start({ UserPoolName: 'users', ...properties });
    await harness.addUser();
    expect(await described()).toMatchObject({
      ...properties,
      Id: USER_POOL_ID,
      Arn: USER_POOL_ARN,
      Name: 'users',
      EstimatedNumberOfUsers: 1,
      CreationDate: new Date(harness.time),
    });
  });

  test.each<[string, Json, Json]>([
    ['of Cognito by default', {}, { MinimumLength: 8, RequireSymbols: true, RequireNumbers: true }],
    [
      'of the template',
      { Policies: { PasswordPolicy: { MinimumLength: 12 } } },
      { MinimumLength: 12, RequireSymbols: false, RequireNumbers: false },
    ],
  ])('returns the password policy %s', async (_name, properties, policy) => {
    harness = await CognitoHarness.start(properties);
    expect((await described())?.Policies?.PasswordPolicy).toMatchObject(policy);
  });

  test('returns AWS’s defaults for the properties that the template omits', async () => {
    harness = await CognitoHarness.start({ UsernameAttributes: ['email'] });
    const pool = await described();
    expect(pool).toMatchObject({
      UsernameAttributes: ['email'],
      MfaConfiguration: 'OFF',
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
      LambdaConfig: {},
    });
    expect(pool?.AccountRecoverySetting).toBeUndefined();
  });
});

test('AdminResetUserPassword is about as fast with 20,000 users as with 20', async () => {
  // GIVEN
  harness = await CognitoHarness.start({ AliasAttributes: ['email'] });
  const subs: string[] = [];
  async function growTo(count: number) {
    for (let i = subs.length; i < count; i++) {
      const email = `user-${i}@example.com`;
      subs.push(await harness.addUser({ username: `user-${i}`, attributes: { email, email_verified: 'true' } }));
    }
  }
  async function timeOfResets() {
    const last = subs.length - 1;
    const started = process.cpuUsage();
    for (let i = 0; i < 500; i++) {
      harness.time += 100;
      const Username = i % 2 === 0 ? subs[last] : `user-${last}@example.com`;
      await harness.service.call('AdminResetUserPassword', { UserPoolId: USER_POOL_ID, Username });
    }
    return process.cpuUsage(started).user;
  }
  await growTo(20);
  await timeOfResets();
  const few = await timeOfResets();

  // WHEN
  await growTo(20_000);
  const many = await timeOfResets();

  // THEN
  expect(many / few).toBeLessThan(10);
});

describe('SignUp', () => {
  const signUp = (input: Partial<{ Username: string; Password: string }> = {}) =>
    harness.client.send(new SignUpCommand({ ClientId: CLIENT_ID, Username: 'jane', Password: PASSWORD, ...input }));

  test('creates a user who is UNCONFIRMED, without a message', async () => {
    harness = await CognitoHarness.start();

    const { UserConfirmed, UserSub } = await signUp();

    expect(UserConfirmed).toBe(false);
    const { UserAttributes, UserStatus } = await harness.client.send(new AdminGetUserCommand(jane));
    expect(UserAttributes).toEqual([{ Name: 'sub', Value: UserSub }]);
    expect(UserStatus).toBe('UNCONFIRMED');
    expect(harness.messages).toEqual([]);
  });

  test.each([
    ['a user name that is taken', {}, { Username: 'john' }, 'UsernameExistsException'],
    ['a weak password', {}, { Password: 'weak-password' }, 'InvalidPasswordException'],
    [
      'everybody, in a user pool in which only administrators create users',
      { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } },
      {},
      'NotAuthorizedException',
    ],
    ['a user pool that would send a code', { AutoVerifiedAttributes: ['email'] }, {}, 'InvalidAction'],
  ])('refuses %s', async (_, properties, input, name) => {
    harness = await CognitoHarness.start(properties);
    await harness.addUser({ username: 'john' });

    await expect(signUp(input)).rejects.toMatchObject({ name });
  });
});
