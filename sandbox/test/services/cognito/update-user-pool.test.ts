import {
  AdminResetUserPasswordCommand,
  AdminSetUserPasswordCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolCommandInput,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Json } from '../../../src/model';
import {
  accountRecovery,
  CognitoHarness,
  CUSTOM_MESSAGE_TRIGGER,
  TRIGGER_ARN,
  USER_POOL_ARN,
  USER_POOL_ID,
  VERIFIED_EMAIL,
  VERIFIED_PHONE,
} from '../../support/cognito-harness';

let harness: CognitoHarness;
afterEach(() => harness.stop());

const OTHER_TRIGGER = 'arn:aws:lambda:us-east-1:111122223333:function:other';
const ROLE = 'arn:aws:iam::111122223333:role/sms';
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const SES = { EmailSendingAccount: 'DEVELOPER', SourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/example.com' };
const SMS = { SnsCallerArn: ROLE, ExternalId: 'external', SnsRegion: 'us-east-1' };
const POLICY = { MinimumLength: 12, RequireLowercase: true };
const DEFAULT_POLICY = {
  MinimumLength: 8,
  RequireLowercase: true,
  RequireUppercase: true,
  RequireNumbers: true,
  RequireSymbols: true,
  TemporaryPasswordValidityDays: 7,
};
const DEFAULT_POLICIES = {
  PasswordPolicy: DEFAULT_POLICY,
  SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
};
const ANY_FACTOR = { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] };
const DEFAULT_LEVELS = {
  Level1: { AcrValue: 'urn:cognito:loa:1' },
  Level2: { AcrValue: 'urn:cognito:loa:2' },
  Level3: { AcrValue: 'urn:cognito:loa:3' },
  Level4: { AcrValue: 'urn:cognito:loa:4' },
};

type Settings = Omit<UpdateUserPoolCommandInput, 'UserPoolId'>;

/** Sends a request; the members may be such that the types of the SDK do not have them. */
const update = (settings: Json = {}) =>
  harness.client.send(new UpdateUserPoolCommand({ UserPoolId: USER_POOL_ID, ...(settings as Settings) }));

async function described(): Promise<UserPoolType & Json> {
  const { UserPool } = await harness.client.send(new DescribeUserPoolCommand({ UserPoolId: USER_POOL_ID }));
  return UserPool as UserPoolType & Json;
}

async function mfaConfig(): Promise<Json> {
  const { $metadata, ...config } = await harness.client.send(
    new GetUserPoolMfaConfigCommand({ UserPoolId: USER_POOL_ID }),
  );
  return config;
}

/** Signs and sends a request with members that the SDK does not know, and that it would not send. */
function updateWith(members: Json) {
  const command = new UpdateUserPoolCommand({ UserPoolId: USER_POOL_ID });
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { body: unknown }).body = JSON.stringify({ UserPoolId: USER_POOL_ID, ...members });
      return next(args);
    },
    { step: 'serialize', priority: 'low' },
  );
  return harness.client.send(command);
}

describe('UpdateUserPool sets to its default', () => {
  test.each<[string, unknown, unknown]>([
    ['Policies', { PasswordPolicy: POLICY, SignInPolicy: ANY_FACTOR }, DEFAULT_POLICIES],
    ['DeletionProtection', 'ACTIVE', 'INACTIVE'],
    ['LambdaConfig', { CustomMessage: TRIGGER_ARN }, {}],
    ['AutoVerifiedAttributes', ['email'], undefined],
    [
      'VerificationMessageTemplate',
      { DefaultEmailOption: 'CONFIRM_WITH_LINK', EmailMessageByLink: 'Click {##here##}' },
      { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
    ],
    ['SmsAuthenticationMessage', 'Code {####}', undefined],
    ['DeviceConfiguration', { ChallengeRequiredOnNewDevice: true }, undefined],
    ['EmailConfiguration', SES, { EmailSendingAccount: 'COGNITO_DEFAULT' }],
    ['SmsConfiguration', SMS, undefined],
    ['UserPoolTags', { team: 'identity' }, {}],
    [
      'AdminCreateUserConfig',
      { AllowAdminCreateUserOnly: true, InviteMessageTemplate: { EmailSubject: 'Welcome' } },
      { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
    ],
    ['AccountRecoverySetting', accountRecovery('verified_email').AccountRecoverySetting, undefined],
    ['UserPoolTier', 'PLUS', 'ESSENTIALS'],
    ['UserPoolAddOns', { AdvancedSecurityMode: 'OFF' }, undefined],
    ['KeyConfiguration', { KeyType: 'CUSTOMER_MANAGED_KEY', KmsKeyArn: KEY }, undefined],
    ['IssuerConfiguration', { Type: 'UPDATED' }, undefined],
    ['AcrConfiguration', { Level2: { AcrValue: 'urn:example:two' } }, DEFAULT_LEVELS],
  ])('%s', async (member, value, byDefault) => {
    // GIVEN a user pool that has the setting, which a request with it can also set
    harness = await CognitoHarness.start();
    const fresh = await described();
    await update({ [member]: value });
    expect(await described()).toMatchObject({ [member]: value });

    // WHEN
    await update();

    // THEN it is like one that never had it
    const after = await described();
    expect(after[member]).toEqual(byDefault);
    expect(after).toEqual(fresh);
  });

  test('MfaConfiguration, which therefore turns MFA off', async () => {
    harness = await CognitoHarness.start({ MfaConfiguration: 'OPTIONAL', SmsConfiguration: SMS });
    await update({ SmsConfiguration: SMS });
    expect(await described()).toMatchObject({ MfaConfiguration: 'OFF', SmsConfiguration: SMS });
  });

  test('the members that a given structure leaves out', async () => {
    harness = await CognitoHarness.start();
    await update({
      Policies: { PasswordPolicy: { MinimumLength: 10, TemporaryPasswordValidityDays: 0 } },
      VerificationMessageTemplate: { EmailSubject: 'Your code' },
      EmailConfiguration: { ReplyToEmailAddress: 'help@example.com' },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true },
      AcrConfiguration: { Level4: { AcrValue: 'urn:example:four' } },
    });
    expect(await described()).toMatchObject({
      Policies: {
        PasswordPolicy: { MinimumLength: 10, RequireNumbers: false, TemporaryPasswordValidityDays: 7 },
        SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
      },
      VerificationMessageTemplate: { EmailSubject: 'Your code', DefaultEmailOption: 'CONFIRM_WITH_CODE' },
      EmailConfiguration: { ReplyToEmailAddress: 'help@example.com', EmailSendingAccount: 'COGNITO_DEFAULT' },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 7 },
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false },
      AcrConfiguration: { ...DEFAULT_LEVELS, Level4: { AcrValue: 'urn:example:four' } },
    });
  });
});

describe('UpdateUserPool keeps', () => {
  test('what it has no member for', async () => {
    harness = await CognitoHarness.start({
      AliasAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      Schema: [{ Name: 'team', AttributeDataType: 'String' }],
    });
    await harness.addUser();
    harness.service.configureUserPool(USER_POOL_ID, {
      Domain: 'example',
      CustomDomain: 'auth.example.com',
      SmsConfigurationFailure: 'SNSSandbox',
      EmailConfigurationFailure: 'failure',
    });
    const before = await described();
    harness.time += 60_000;

    await update();

    expect(await described()).toEqual({ ...before, LastModifiedDate: new Date(harness.time) });
    expect(before).toMatchObject({
      Id: USER_POOL_ID,
      Arn: USER_POOL_ARN,
      AliasAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      SchemaAttributes: expect.arrayContaining([expect.objectContaining({ Name: 'custom:team' })]),
      EstimatedNumberOfUsers: 1,
      Domain: 'example',
      CustomDomain: 'auth.example.com',
      SmsConfigurationFailure: 'SNSSandbox',
      EmailConfigurationFailure: 'failure',
    });
  });

  test.each<[string, Json, Json]>([
    ['the name', { UserPoolName: 'users' }, { Name: 'users' }],
    [
      'dynamic client registration',
      { DcrConfiguration: { EnableStatus: 'Disabled', AllowedScopes: ['api/read'] } },
      { DcrConfiguration: { EnableStatus: 'Disabled', AllowedScopes: ['api/read'] } },
    ],
    ['system tags', { UserPoolTags: { 'aws:example': 'a', team: 'b' } }, { UserPoolTags: { 'aws:example': 'a' } }],
  ])('%s when it is left out', async (_name, properties, expected) => {
    harness = await CognitoHarness.start(properties);
    await update();
    expect(await described()).toMatchObject(expected);
    expect((await described()).UserPoolTags).not.toHaveProperty('team');
  });

  test('UserAttributeUpdateSettings, which only an empty list removes', async () => {
    const settings = { AttributesRequireVerificationBeforeUpdate: ['email'] };
    harness = await CognitoHarness.start({
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: settings,
    });
    await update({ AutoVerifiedAttributes: ['email'] });
    expect((await described()).UserAttributeUpdateSettings).toEqual(settings);

    const none = { AttributesRequireVerificationBeforeUpdate: [] };
    await update({ UserAttributeUpdateSettings: none });
    expect((await described()).UserAttributeUpdateSettings).toEqual(none);
  });

  test('TOTP, email MFA and passkeys, whatever MfaConfiguration says', async () => {
    // GIVEN
    harness = await CognitoHarness.start({ MfaConfiguration: 'OPTIONAL', UserPoolName: 'users' });
    harness.service.configureUserPool(USER_POOL_ID, {
      EnabledMfas: ['SOFTWARE_TOKEN_MFA', 'EMAIL_OTP'],
      EmailAuthenticationMessage: 'Your code is {####}',
      EmailAuthenticationSubject: 'Your code',
      WebAuthnRelyingPartyID: 'auth.example.com',
      WebAuthnUserVerification: 'required',
    });
    const factors = {
      SoftwareTokenMfaConfiguration: { Enabled: true },
      EmailMfaConfiguration: { Message: 'Your code is {####}', Subject: 'Your code' },
      WebAuthnConfiguration: { RelyingPartyId: 'auth.example.com', UserVerification: 'required' },
    };
    expect(await mfaConfig()).toEqual({ MfaConfiguration: 'OPTIONAL', ...factors });

    for (const MfaConfiguration of ['OPTIONAL', 'OFF', 'OPTIONAL']) {
      // WHEN
      await update({ MfaConfiguration });

      // THEN
      expect(await mfaConfig()).toEqual({ MfaConfiguration, ...factors });
    }
    const pool = await described();
    for (const name of ['EnabledMfas', 'WebAuthnRelyingPartyID', 'EmailAuthenticationMessage']) {
      expect(pool).not.toHaveProperty(name);
    }
  });
});

describe('GetUserPoolMfaConfig', () => {
  test('answers of a user pool without MFA', async () => {
    harness = await CognitoHarness.start();
    expect(await mfaConfig()).toEqual({
      MfaConfiguration: 'OFF',
      SoftwareTokenMfaConfiguration: { Enabled: false },
    });
  });

  test('answers the SMS settings, which UpdateUserPool changes', async () => {
    harness = await CognitoHarness.start();
    const SmsAuthenticationMessage = 'Code {####}';
    await update({ SmsConfiguration: SMS, SmsAuthenticationMessage, MfaConfiguration: 'OPTIONAL' });
    expect(await mfaConfig()).toEqual({
      MfaConfiguration: 'OPTIONAL',
      SmsMfaConfiguration: { SmsConfiguration: SMS, SmsAuthenticationMessage },
      SoftwareTokenMfaConfiguration: { Enabled: false },
    });
  });

  test('refuses an unknown user pool and a missing id', async () => {
    harness = await CognitoHarness.start();
    const call = (input: Json) => harness.service.call('GetUserPoolMfaConfig', input);
    await expect(call({ UserPoolId: 'us-east-1_None' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(call({})).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('UpdateUserPool replaces', () => {
  test('all triggers', async () => {
    harness = await CognitoHarness.start({ LambdaConfig: { CustomMessage: TRIGGER_ARN, PreSignUp: OTHER_TRIGGER } });
    await update({ LambdaConfig: { PostConfirmation: OTHER_TRIGGER } });
    expect((await described()).LambdaConfig).toEqual({ PostConfirmation: OTHER_TRIGGER });
  });

  test('all tags except system tags', async () => {
    harness = await CognitoHarness.start({ UserPoolTags: { team: 'identity', 'aws:example': 'stack' } });
    await update({ UserPoolTags: { stage: 'test' } });
    expect((await described()).UserPoolTags).toEqual({ stage: 'test', 'aws:example': 'stack' });
  });

  test('dynamic client registration, and turns it on unless it is given as disabled', async () => {
    harness = await CognitoHarness.start({
      DcrConfiguration: { EnableStatus: 'Disabled', AllowedScopes: ['api/read'] },
    });
    await update({ DcrConfiguration: { OpenDcrEnabled: true } });
    expect((await described()).DcrConfiguration).toEqual({
      EnableStatus: 'Enabled',
      OpenDcrEnabled: true,
      AuthenticatedGrantTypes: ['code', 'client_credentials'],
      OpenDcrGrantTypes: ['code'],
    });

    await update({ DcrConfiguration: { EnableStatus: 'Disabled' } });
    expect((await described()).DcrConfiguration).toMatchObject({ EnableStatus: 'Disabled', OpenDcrEnabled: false });
  });

  test('the device configuration, and turns remembering on for any value', async () => {
    harness = await CognitoHarness.start();
    expect((await described()).DeviceConfiguration).toBeUndefined();
    await update({ DeviceConfiguration: {} });
    expect((await described()).DeviceConfiguration).toEqual({
      ChallengeRequiredOnNewDevice: false,
      DeviceOnlyRememberedOnUserPrompt: false,
    });
  });

  test('the name, which is PoolName in the request and Name in the answer', async () => {
    harness = await CognitoHarness.start({ UserPoolName: 'users' });
    await updateWith({ Name: 'ignored' });
    expect((await described()).Name).toBe('users');
    await update({ PoolName: 'people' });
    expect((await described()).Name).toBe('people');
  });

  test('the verification texts, of which it uses only those in VerificationMessageTemplate', async () => {
    harness = await CognitoHarness.start({
      EmailVerificationMessage: 'Former {####}',
      VerificationMessageTemplate: { EmailMessage: 'Former {####}', SmsMessage: 'Former {####}' },
    });
    expect(await described()).toMatchObject({
      EmailVerificationMessage: 'Former {####}',
      SmsVerificationMessage: 'Former {####}',
    });

    await update({
      EmailVerificationMessage: 'Unused {####}',
      EmailVerificationSubject: 'Unused',
      SmsVerificationMessage: 'Unused {####}',
      VerificationMessageTemplate: { EmailMessage: 'New {####}', EmailSubject: 'New' },
    });

    const pool = await described();
    expect(pool).toMatchObject({ EmailVerificationMessage: 'New {####}', EmailVerificationSubject: 'New' });
    expect(pool.SmsVerificationMessage).toBeUndefined();
  });
});

describe('what DescribeUserPool answers', () => {
  const properties = {
    UserPoolName: 'users',
    ...accountRecovery('verified_email'),
    ...CUSTOM_MESSAGE_TRIGGER,
    AutoVerifiedAttributes: ['email'],
    EmailConfiguration: SES,
    MfaConfiguration: 'OPTIONAL',
    Policies: { PasswordPolicy: { ...DEFAULT_POLICY, MinimumLength: 12 } },
    SmsConfiguration: SMS,
    UserPoolTags: { team: 'identity' },
    UserPoolTier: 'PLUS',
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE', EmailMessage: 'Code {####}' },
  };

  test('is refused as it is, because it has both validities of temporary passwords', async () => {
    harness = await CognitoHarness.start(properties);
    await expect(update(await described())).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
    });
  });

  test('changes nothing when it is written back without the former validity', async () => {
    harness = await CognitoHarness.start(properties);
    const before = await described();
    const { UnusedAccountValidityDays, ...AdminCreateUserConfig } = before.AdminCreateUserConfig ?? {};

    await update({ ...before, PoolName: before.Name, AdminCreateUserConfig });

    expect(await described()).toEqual(before);
  });
});

describe('UpdateUserPool ignores', () => {
  test('members that only DescribeUserPool has, and unknown ones', async () => {
    harness = await CognitoHarness.start({ UserPoolName: 'users', UsernameAttributes: ['email'] });
    const before = await described();
    await updateWith({
      Id: 'us-east-1_Other0000',
      Arn: 'arn',
      Name: 'other',
      CreationDate: 0,
      LastModifiedDate: 0,
      Status: 'Enabled',
      SchemaAttributes: [],
      UsernameAttributes: ['phone_number'],
      AliasAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: true },
      EstimatedNumberOfUsers: 5,
      Domain: 'other',
      CustomDomain: 'other.example.com',
      EmailConfigurationFailure: 'failure',
      SmsConfigurationFailure: 'failure',
      UserPoolName: 'other',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      NoSuchMember: { Any: ['thing'] },
      LambdaConfig: { NoSuchTrigger: TRIGGER_ARN },
    });
    expect(await described()).toEqual(before);
    expect(await mfaConfig()).toMatchObject({ SoftwareTokenMfaConfiguration: { Enabled: false } });
  });

  test('null, also within a structure', async () => {
    harness = await CognitoHarness.start();
    await updateWith({ PoolName: null, LambdaConfig: { PreSignUp: null, CustomMessage: TRIGGER_ARN } });
    expect((await described()).LambdaConfig).toEqual({ CustomMessage: TRIGGER_ARN });
  });
});

describe('UpdateUserPool refuses', () => {
  const violated = (member: string) =>
    expect.stringContaining(`1 validation error detected: Value at '${member}' failed to satisfy constraint: Member`);

  test.each<[string, Json, unknown]>([
    [
      'a short password',
      { Policies: { PasswordPolicy: { MinimumLength: 5 } } },
      'policies.passwordPolicy.minimumLength',
    ],
    [
      'a long history',
      { Policies: { PasswordPolicy: { PasswordHistorySize: 25 } } },
      'policies.passwordPolicy.passwordHistorySize',
    ],
    [
      '366 days',
      { AdminCreateUserConfig: { UnusedAccountValidityDays: 366 } },
      'adminCreateUserConfig.unusedAccountValidityDays',
    ],
    [
      'SOFTWARE_TOKEN as first factor',
      { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['SOFTWARE_TOKEN'] } } },
      'policies.signInPolicy.allowedFirstAuthFactors.1.member',
    ],
    ['an unknown enum value', { DeletionProtection: 'MAYBE' }, 'deletionProtection'],
    ['an unknown MFA setting', { MfaConfiguration: 'REQUIRED' }, 'mfaConfiguration'],
    [
      'a trigger that is no ARN',
      { LambdaConfig: { CustomMessage: 'the name of a function' } },
      'lambdaConfig.customMessage',
    ],
    [
      'a trigger without a version',
      { LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: TRIGGER_ARN } } },
      'lambdaConfig.preTokenGenerationConfig.lambdaVersion',
    ],
    [
      'an attribute that is no contact',
      { AutoVerifiedAttributes: ['email', 'name'] },
      'autoVerifiedAttributes.2.member',
    ],
    ['an SMS text without a code', { SmsAuthenticationMessage: 'no code' }, 'smsAuthenticationMessage'],
    [
      'a long SMS text',
      { VerificationMessageTemplate: { SmsMessage: `{####}${'a'.repeat(135)}` } },
      'verificationMessageTemplate.smsMessage',
    ],
    [
      'an email text without a code',
      { VerificationMessageTemplate: { EmailMessage: 'no code' } },
      'verificationMessageTemplate.emailMessage',
    ],
    ['an email text with a format character', { EmailVerificationMessage: '{####}\u200B' }, 'emailVerificationMessage'],
    [
      'a text without a link',
      { VerificationMessageTemplate: { EmailMessageByLink: 'no link' } },
      'verificationMessageTemplate.emailMessageByLink',
    ],
    [
      'a long subject',
      { AdminCreateUserConfig: { InviteMessageTemplate: { EmailSubject: 'a'.repeat(141) } } },
      'adminCreateUserConfig.inviteMessageTemplate.emailSubject',
    ],
    [
      'a reply address that is none',
      { EmailConfiguration: { ReplyToEmailAddress: 'help' } },
      'emailConfiguration.replyToEmailAddress',
    ],
    [
      'an SMS role that is no ARN',
      { SmsConfiguration: { SnsCallerArn: 'a role without an ARN' } },
      'smsConfiguration.snsCallerArn',
    ],
    [
      'EumsSms without a role',
      { SmsConfiguration: { EumsSms: { ExternalId: 'external' } } },
      'smsConfiguration.eumsSms.callerArn',
    ],
    ['a long tag key', { UserPoolTags: { ['a'.repeat(129)]: 'b' } }, 'userPoolTags'],
    ['a long tag value', { UserPoolTags: { a: 'b'.repeat(257) } }, 'userPoolTags.member'],
    ['add-ons without a mode', { UserPoolAddOns: {} }, 'userPoolAddOns.advancedSecurityMode'],
    [
      'no recovery mechanisms',
      { AccountRecoverySetting: { RecoveryMechanisms: [] } },
      'accountRecoverySetting.recoveryMechanisms',
    ],
    [
      'a third priority',
      { AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 3, Name: 'verified_email' }] } },
      'accountRecoverySetting.recoveryMechanisms.1.member.priority',
    ],
    ['an unknown tier', { UserPoolTier: 'PRO' }, 'userPoolTier'],
    ['an unknown ACR level', { AcrConfiguration: { Level5: { AcrValue: 'urn:example' } } }, 'acrConfiguration'],
    [
      'a scope with a space',
      { DcrConfiguration: { AllowedScopes: ['two words'] } },
      'dcrConfiguration.allowedScopes.1.member',
    ],
    ['a name with a slash', { PoolName: 'a/b' }, 'poolName'],
  ])('%s', async (_name, settings, member) => {
    harness = await CognitoHarness.start();
    const before = await described();
    const refused = expect(updateWith(settings)).rejects;
    await refused.toMatchObject({ name: 'InvalidParameterException', message: violated(String(member)) });
    expect(await described()).toEqual(before);
  });

  test.each<[string, Json]>([
    ['a string for a structure', { LambdaConfig: TRIGGER_ARN }],
    ['a list for a structure', { Policies: [] }],
    ['a structure for a list', { AutoVerifiedAttributes: {} }],
    ['a number for a string', { PoolName: 5 }],
    ['a string for a number', { Policies: { PasswordPolicy: { MinimumLength: '8' } } }],
    ['a fraction for an integer', { Policies: { PasswordPolicy: { MinimumLength: 8.5 } } }],
    ['a string for a boolean', { AdminCreateUserConfig: { AllowAdminCreateUserOnly: 'true' } }],
    ['a list for a map', { UserPoolTags: [] }],
    ['a number in a map', { UserPoolTags: { a: 5 } }],
  ])('%s', async (_name, settings) => {
    harness = await CognitoHarness.start();
    await expect(updateWith(settings)).rejects.toMatchObject({ name: 'SerializationException' });
  });

  test('a request without an id, and an unknown user pool', async () => {
    harness = await CognitoHarness.start();
    const call = (input: Json) => harness.service.call('UpdateUserPool', input);
    await expect(call({})).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(call({ UserPoolId: 'us-east-1_None' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  const NO_FACTOR =
    'SMS configuration and Auto verification for phone_number are required when MFA is required/optional';
  const VALIDITY = 'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays';
  const ATTRIBUTES = 'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes';
  const required = (...names: string[]) => ({ AttributesRequireVerificationBeforeUpdate: names });
  const days = (value: number) => ({ PasswordPolicy: { TemporaryPasswordValidityDays: value } });

  test.each<[string, Json, Json, string]>([
    ['both validities', {}, { Policies: days(3), AdminCreateUserConfig: { UnusedAccountValidityDays: 3 } }, VALIDITY],
    [
      'the former validity in a user pool that has the other',
      { Policies: days(3) },
      { AdminCreateUserConfig: { UnusedAccountValidityDays: 3 } },
      VALIDITY,
    ],
    ['attributes that are not verified', {}, { UserAttributeUpdateSettings: required('email') }, ATTRIBUTES],
    [
      'to verify less than the kept settings need',
      { AutoVerifiedAttributes: ['email'], UserAttributeUpdateSettings: required('email') },
      {},
      ATTRIBUTES,
    ],
    [
      'a code and a link',
      {},
      { VerificationMessageTemplate: { EmailMessage: 'Code {####}', EmailMessageByLink: 'Click {##here##}' } },
      'VerificationMessageTemplate cannot have both EmailMessage and EmailMessageByLink.',
    ],
    [
      'Amazon SES without an identity',
      {},
      { EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' } },
      'EmailConfiguration with EmailSendingAccount DEVELOPER needs a SourceArn.',
    ],
    ...[{ ExternalId: 'external' }, { ...SMS, EumsSms: { CallerArn: ROLE } }].map(
      (SmsConfiguration): [string, Json, Json, string] => [
        `an SMS configuration with ${Object.keys(SmsConfiguration).join(' and ')}`,
        {},
        { SmsConfiguration },
        'SmsConfiguration needs either SnsCallerArn or EumsSms, and not both.',
      ],
    ),
    [
      'another Region for SMS',
      {},
      { SmsConfiguration: { EumsSms: { CallerArn: ROLE, Region: 'eu-west-1' } } },
      'The Region of EumsSms must be the Region of the user pool.',
    ],
    [
      'two functions for tokens',
      {},
      {
        LambdaConfig: {
          PreTokenGeneration: TRIGGER_ARN,
          PreTokenGenerationConfig: { LambdaVersion: 'V1_0', LambdaArn: OTHER_TRIGGER },
        },
      },
      'PreTokenGeneration and the LambdaArn of PreTokenGenerationConfig must be identical.',
    ],
    ...['CustomEmailSender', 'CustomSMSSender'].map((name): [string, Json, Json, string] => [
      `${name} without a key`,
      {},
      { LambdaConfig: { [name]: { LambdaVersion: 'V1_0', LambdaArn: TRIGGER_ARN } } },
      'CustomEmailSender and CustomSMSSender need a KMSKeyID.',
    ]),
    [
      'an ACR name that is the default of another level',
      {},
      { AcrConfiguration: { Level1: { AcrValue: 'urn:cognito:loa:2' } } },
      'The names of the ACR levels must be unique.',
    ],
    [
      'to turn MFA on',
      { MfaConfiguration: 'OPTIONAL', SmsConfiguration: SMS },
      { MfaConfiguration: 'ON', SmsConfiguration: SMS },
      'Cannot turn MFA functionality ON, once the user pool has been created.',
    ],
    ['MFA without a factor', {}, { MfaConfiguration: 'OPTIONAL' }, NO_FACTOR],
    [
      'to remove the only factor',
      { MfaConfiguration: 'ON', SmsConfiguration: SMS, EnabledMfas: ['SMS_MFA'] },
      { MfaConfiguration: 'ON' },
      NO_FACTOR,
    ],
  ])('%s', async (_name, properties, settings, message) => {
    harness = await CognitoHarness.start(properties);
    const before = await described();
    await expect(update(settings)).rejects.toMatchObject({ name: 'InvalidParameterException', message });
    expect(await described()).toEqual(before);
  });

  test.each<[string, Json, Json]>([
    ['email texts without Amazon SES', {}, { VerificationMessageTemplate: { EmailMessage: 'Code {####}' } }],
    ['the former validity alone', {}, { AdminCreateUserConfig: { UnusedAccountValidityDays: 3 } }],
    ['a former validity of 0', {}, { Policies: days(3), AdminCreateUserConfig: { UnusedAccountValidityDays: 0 } }],
    [
      'MFA that is on already',
      { MfaConfiguration: 'ON', SmsConfiguration: SMS },
      { MfaConfiguration: 'ON', SmsConfiguration: SMS },
    ],
    ['MFA with TOTP alone', { EnabledMfas: ['SOFTWARE_TOKEN_MFA'] }, { MfaConfiguration: 'OPTIONAL' }],
    [
      'MFA with passkeys alone',
      { WebAuthnFactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION' },
      { MfaConfiguration: 'OPTIONAL' },
    ],
    ['the Region of the pool for SMS', {}, { SmsConfiguration: { EumsSms: { CallerArn: ROLE, Region: 'us-east-1' } } }],
    [
      'a custom sender with a key',
      {},
      { LambdaConfig: { KMSKeyID: KEY, CustomEmailSender: { LambdaVersion: 'V1_0', LambdaArn: TRIGGER_ARN } } },
    ],
  ])('but accepts %s', async (_name, properties, settings) => {
    harness = await CognitoHarness.start(properties);
    await expect(update(settings)).resolves.toBeDefined();
  });

  test.each<[string, Json]>([
    ['a system tag', { 'aws:cloudformation:stack-name': 'a' }],
    ['51 tags', Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`key-${i}`, 'a']))],
  ])('%s with UserPoolTaggingException', async (_name, UserPoolTags) => {
    harness = await CognitoHarness.start();
    await expect(update({ UserPoolTags })).rejects.toMatchObject({ name: 'UserPoolTaggingException' });
  });

  test.each<[string, string, Json]>([
    ['choice-based sign-in', 'LITE', { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['EMAIL_OTP'] } } }],
    ['password history', 'LITE', { Policies: { PasswordPolicy: { PasswordHistorySize: 1 } } }],
    [
      'access token customization',
      'LITE',
      { LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: TRIGGER_ARN } } },
    ],
    ['dynamic client registration', 'LITE', { DcrConfiguration: {} }],
    ['custom ACR level names', 'LITE', { AcrConfiguration: DEFAULT_LEVELS }],
    ['threat protection', 'ESSENTIALS', { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } }],
  ])('%s, which the feature plan %s lacks', async (feature, UserPoolTier, settings) => {
    harness = await CognitoHarness.start({ UserPoolTier: 'PLUS' });
    await expect(update({ ...settings, UserPoolTier })).rejects.toMatchObject({
      name: 'FeatureUnavailableInTierException',
      message: `The feature plan ${UserPoolTier} does not include ${feature}.`,
    });
    await expect(update({ ...settings, UserPoolTier: 'PLUS' })).resolves.toBeDefined();
  });

  test('threat protection without a tier, because the default lacks it', async () => {
    harness = await CognitoHarness.start({ UserPoolTier: 'PLUS' });
    const request = update({ UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' } });
    await expect(request).rejects.toMatchObject({ name: 'FeatureUnavailableInTierException' });
  });

  test.each<[string, Json]>([
    ['dynamic client registration', { DcrConfiguration: { EnableStatus: 'Enabled' } }],
    ['email MFA', { EnabledMfas: ['EMAIL_OTP'] }],
    ['passkeys as MFA', { WebAuthnFactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION' }],
  ])('the tier LITE while the user pool keeps %s', async (feature, properties) => {
    harness = await CognitoHarness.start(properties);
    await expect(update({ UserPoolTier: 'LITE' })).rejects.toMatchObject({
      name: 'TierChangeNotAllowedException',
      message: `The feature plan cannot change to LITE while the user pool uses ${feature}.`,
    });
  });

  test('nothing of the tier LITE when the request turns dynamic client registration off', async () => {
    harness = await CognitoHarness.start({ DcrConfiguration: { EnableStatus: 'Enabled' } });
    await update({ UserPoolTier: 'LITE', DcrConfiguration: { EnableStatus: 'Disabled' } });
    expect((await described()).UserPoolTier).toBe('LITE');
  });
});

describe('after UpdateUserPool', () => {
  const reset = () =>
    harness.client.send(new AdminResetUserPasswordCommand({ UserPoolId: USER_POOL_ID, Username: 'jane' }));

  test('messages come from the trigger that it set, and from none that it removed', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    harness.answerTrigger({ smsMessage: null, emailMessage: 'Hello {####}', emailSubject: 'Hello' });

    await update({ LambdaConfig: { CustomMessage: OTHER_TRIGGER }, EmailConfiguration: SES });
    await reset();
    expect(harness.invokedFunctions).toEqual([OTHER_TRIGGER]);
    expect(harness.messages.at(-1)).toMatchObject({ subject: 'Hello', origin: 'TRIGGER' });

    await update({ EmailConfiguration: SES });
    await reset();
    expect(harness.invokedFunctions).toHaveLength(1);
    expect(harness.messages.at(-1)).toMatchObject({ origin: 'DEFAULT' });
  });

  test('a trigger may no longer write email messages when Amazon SES was left out', async () => {
    harness = await CognitoHarness.start({ ...CUSTOM_MESSAGE_TRIGGER, EmailConfiguration: SES });
    await harness.addUser();
    harness.answerTrigger({ smsMessage: null, emailMessage: 'Hello {####}', emailSubject: 'Hello' });
    await update(CUSTOM_MESSAGE_TRIGGER);
    await expect(reset()).rejects.toMatchObject({ name: 'InvalidLambdaResponseException' });
  });

  test('account recovery follows its setting, and SMS is preferred when it was left out', async () => {
    harness = await CognitoHarness.start(accountRecovery('verified_email', 'verified_phone_number'));
    await harness.addUser({ attributes: { ...VERIFIED_EMAIL, ...VERIFIED_PHONE } });
    await reset();
    await update();
    await reset();
    await update(accountRecovery('admin_only'));
    await expect(reset()).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(harness.messages.map(({ channel }) => channel)).toEqual(['EMAIL', 'SMS']);
  });

  test('new passwords follow its password policy', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    const setPassword = () =>
      harness.client.send(
        new AdminSetUserPasswordCommand({ UserPoolId: USER_POOL_ID, Username: 'jane', Password: 'simple-words' }),
      );
    await expect(setPassword()).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await update({ Policies: { PasswordPolicy: { MinimumLength: 8 } } });
    await expect(setPassword()).resolves.toBeDefined();
  });

  test('the request can change without a change of the user pool', async () => {
    harness = await CognitoHarness.start();
    const input: Json = { UserPoolId: USER_POOL_ID, LambdaConfig: { CustomMessage: TRIGGER_ARN } };
    await harness.service.call('UpdateUserPool', input);
    (input.LambdaConfig as Json).CustomMessage = OTHER_TRIGGER;
    expect((await described()).LambdaConfig).toEqual({ CustomMessage: TRIGGER_ARN });
  });
});

test('configureUserPool removes what is undefined, and copies what it is given', async () => {
  harness = await CognitoHarness.start({ UserPoolName: 'users' });
  const tags = { team: 'identity' };
  harness.service.configureUserPool(USER_POOL_ID, { UserPoolTags: tags, UserPoolName: undefined });
  tags.team = 'other';
  const pool = await described();
  expect(pool.UserPoolTags).toEqual({ team: 'identity' });
  expect(pool.Name).toBeUndefined();
  expect(() => harness.service.configureUserPool('us-east-1_None', {})).toThrow('does not exist');
});
