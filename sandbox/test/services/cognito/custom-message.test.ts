import {
  AdminCreateUserCommand,
  AdminResetUserPasswordCommand,
  ForgotPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { InvocationResult, Json } from '../../../src/model';
import type { NewUser } from '../../../src/services/cognito/user-administration';
import {
  CLIENT_ID,
  CognitoHarness,
  CUSTOM_MESSAGE_TRIGGER,
  SES_EMAIL,
  TRIGGER_ARN,
  USER_POOL_ID,
  VERIFIED_EMAIL,
  VERIFIED_PHONE,
} from '../../support/cognito-harness';

let harness: CognitoHarness;
afterEach(() => harness.stop());

async function start(properties: Json = {}, user: Partial<NewUser> = {}) {
  harness = await CognitoHarness.start({ ...CUSTOM_MESSAGE_TRIGGER, ...properties });
  return harness.addUser(user);
}

function reset(ClientMetadata?: Record<string, string>, Username = 'jane') {
  return harness.client.send(new AdminResetUserPasswordCommand({ UserPoolId: USER_POOL_ID, Username, ClientMetadata }));
}

function event(sub: string, clientId: string, clientMetadata: Json): Json {
  return {
    version: '1',
    region: 'us-east-1',
    userPoolId: USER_POOL_ID,
    userName: 'jane',
    callerContext: { awsSdkVersion: expect.any(String), clientId },
    triggerSource: 'CustomMessage_ForgotPassword',
    request: {
      userAttributes: { sub, email: 'jane@example.com', email_verified: 'true', 'cognito:user_status': 'CONFIRMED' },
      codeParameter: '{####}',
      usernameParameter: null,
      ...clientMetadata,
    },
    response: { smsMessage: null, emailMessage: null, emailSubject: null },
  };
}

describe('the custom message trigger', () => {
  test('receives the documented event of AdminResetUserPassword with the ClientMetadata', async () => {
    const sub = await start();
    await reset({ template: 'breach' });
    expect(harness.invokedFunctions).toEqual([TRIGGER_ARN]);
    expect(harness.triggerEvents).toEqual([
      event(sub, 'CLIENT_ID_NOT_APPLICABLE', { clientMetadata: { template: 'breach' } }),
    ]);
  });

  test('receives an event without ClientMetadata if the caller gave none', async () => {
    const sub = await start();
    await reset();
    expect(harness.triggerEvents).toEqual([event(sub, 'CLIENT_ID_NOT_APPLICABLE', {})]);
  });

  test('receives the same trigger source and the ClientMetadata of any caller from ForgotPassword', async () => {
    const sub = await start();
    const ClientMetadata = { template: 'forged' };
    await harness.client.send(new ForgotPasswordCommand({ ClientId: CLIENT_ID, Username: 'jane', ClientMetadata }));
    expect(harness.triggerEvents).toEqual([event(sub, CLIENT_ID, { clientMetadata: ClientMetadata })]);
  });

  test('does not fail the reset if the user is deleted during its invocation', async () => {
    await start();
    harness.trigger = async (event) => {
      await harness.service.call('AdminDeleteUser', { UserPoolId: USER_POOL_ID, Username: 'jane' });
      return { payload: event };
    };
    await expect(reset()).resolves.toBeDefined();
    await expect(harness.status()).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  test('does not undo a change of the user during its invocation', async () => {
    await start();
    harness.trigger = async (event) => {
      await harness.service.call('AdminDisableUser', { UserPoolId: USER_POOL_ID, Username: 'jane' });
      return { payload: event };
    };
    await reset();
    const user = await harness.service.call('AdminGetUser', { UserPoolId: USER_POOL_ID, Username: 'jane' });
    expect(user).toMatchObject({ Enabled: false, UserStatus: 'RESET_REQUIRED' });
  });

  test('receives the user name even if the caller gave the sub (assumed)', async () => {
    const sub = await start();
    await reset({}, sub);
    expect(harness.triggerEvents[0]).toMatchObject({ userName: 'jane' });
  });

  test('is not called in a user pool without one', async () => {
    harness = await CognitoHarness.start();
    await harness.addUser();
    await reset();
    expect(harness.invokedFunctions).toEqual([]);
  });

  test('supplies the text of an invitation, with placeholders for user name and code', async () => {
    await start(SES_EMAIL);
    harness.answerTrigger({ emailMessage: 'Welcome {username}, {####}', emailSubject: 'Welcome' });
    await harness.client.send(
      new AdminCreateUserCommand({
        UserPoolId: USER_POOL_ID,
        Username: 'john',
        TemporaryPassword: 'Temporary-$&-1',
        UserAttributes: [{ Name: 'email', Value: 'john@example.com' }],
        DesiredDeliveryMediums: ['EMAIL'],
      }),
    );
    expect(harness.triggerEvents).toMatchObject([
      { triggerSource: 'CustomMessage_AdminCreateUser', request: { usernameParameter: '{username}' } },
    ]);
    expect(harness.messages).toMatchObject([
      { subject: 'Welcome', body: 'Welcome john, Temporary-$&-1', destination: 'john@example.com' },
    ]);
  });
});

describe('the message of a reset', () => {
  const code = expect.stringMatching;
  test.each<[string, Json, Json, Json]>([
    [
      'is the email message of the trigger',
      VERIFIED_EMAIL,
      { emailSubject: 'For {username}', emailMessage: '{####} and {####} for {username}' },
      { channel: 'EMAIL', subject: 'For jane', body: code(/^(\d{6}) and \1 for jane$/), origin: 'TRIGGER' },
    ],
    [
      'is the SMS message of the trigger',
      VERIFIED_PHONE,
      { smsMessage: 'Code {####}', emailMessage: '{####}' },
      { channel: 'SMS', destination: '+15555550100', body: code(/^Code \d{6}$/), origin: 'TRIGGER' },
    ],
    [
      'has the default text if the trigger leaves its response unchanged',
      VERIFIED_EMAIL,
      { smsMessage: null, emailMessage: null, emailSubject: null },
      { body: code(/^Your password reset code is \d{6}$/), origin: 'DEFAULT' },
    ],
    ['has the default text if the trigger’s response is empty', VERIFIED_EMAIL, {}, { origin: 'DEFAULT' }],
    [
      'has the default text if the trigger returns empty texts',
      VERIFIED_EMAIL,
      { emailMessage: '', emailSubject: '' },
      { body: code(/^Your password reset code is \d{6}$/), subject: code(/./), origin: 'DEFAULT' },
    ],
    [
      'has the default text if the trigger returns only the text of the other channel',
      VERIFIED_PHONE,
      { emailMessage: '{####}', emailSubject: 'Reset' },
      { channel: 'SMS', body: code(/^Your password reset code is \d{6}$/), origin: 'DEFAULT' },
    ],
    [
      'may have letters, marks, symbols, numbers, punctuation and the spaces of ASCII',
      VERIFIED_EMAIL,
      { emailSubject: 'é e\u0301 😀 € ٣ ½ « “ –', emailMessage: '<p>\t\n\v\f\r {####} 株式会社 &#8203; 𠮷 ☂\ufe0f' },
      { origin: 'TRIGGER' },
    ],
    [
      'may have line breaks (assumed) and joiners in an SMS message',
      VERIFIED_PHONE,
      { smsMessage: 'می\u200cخواهم\u00a0\n{####}' },
      { origin: 'TRIGGER' },
    ],
    [
      'may be as long as AWS allows, including the code',
      VERIFIED_EMAIL,
      {
        emailSubject: 'a'.repeat(140),
        emailMessage: `{####}${'a'.repeat(19_994)}`,
        smsMessage: `{####}${'a'.repeat(134)}`,
      },
      { origin: 'TRIGGER' },
    ],
    [
      'may be as long as AWS allows, including the user name',
      VERIFIED_PHONE,
      { smsMessage: `{####}{username}${'a'.repeat(130)}` },
      { origin: 'TRIGGER' },
    ],
  ])('%s', async (_name, attributes, response, message) => {
    // GIVEN
    await start(SES_EMAIL, { attributes: attributes as Record<string, string> });
    harness.answerTrigger(response);

    // WHEN
    await reset();

    // THEN
    expect(harness.messages).toEqual([expect.objectContaining(message)]);
  });

  test('contains a user name with replacement patterns unchanged', async () => {
    await start(SES_EMAIL, { username: '$&-$1' });
    harness.answerTrigger({ emailMessage: '{username} {####}' });
    await reset({}, '$&-$1');
    expect(harness.messages[0].body).toMatch(/^\$&-\$1 \d{6}$/);
  });

  test('has the default text in a user pool without SES if the trigger returns no email message', async () => {
    await start({});
    harness.answerTrigger({ smsMessage: '{####}', emailMessage: null, emailSubject: '' });
    await reset();
    expect(harness.messages).toMatchObject([{ channel: 'EMAIL', origin: 'DEFAULT' }]);
  });
});

describe('AdminResetUserPassword', () => {
  const invalid = 'InvalidLambdaResponseException';
  const unexpected = 'UnexpectedLambdaException';
  const answer = (payload: unknown) => async () => ({ payload });
  const failure = (payload: unknown) => async () => ({ payload, functionError: 'Unhandled' as const });
  const email = { emailMessage: '{####}', emailSubject: 'Reset' };
  test.each<[string, Json, () => Promise<InvocationResult>, string, string | RegExp]>([
    [
      'when the trigger throws',
      SES_EMAIL,
      failure({ errorType: 'TypeError', errorMessage: 'no template', trace: [] }),
      'UserLambdaValidationException',
      'CustomMessage failed with error no template.',
    ],
    [
      'when the process of the trigger exits',
      SES_EMAIL,
      failure({ errorType: 'Runtime.ExitError', errorMessage: 'x' }),
      unexpected,
      /./,
    ],
    [
      'when the trigger reaches its own timeout',
      SES_EMAIL,
      failure({ errorType: 'Sandbox.Timedout', errorMessage: 'x' }),
      unexpected,
      /./,
    ],
    [
      'when the trigger reaches its own timeout in an old runtime',
      SES_EMAIL,
      failure({ errorMessage: 'Task timed out' }),
      unexpected,
      /./,
    ],
    ['when the trigger fails without a payload', SES_EMAIL, failure(null), unexpected, /./],
    [
      'when Cognito has no permission to invoke the trigger',
      SES_EMAIL,
      () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDeniedException' })),
      unexpected,
      'CustomMessage invocation failed due to error AccessDeniedException.',
    ],
    ['when the trigger returns null', SES_EMAIL, answer(null), invalid, /./],
    ['when the trigger returns a string', SES_EMAIL, answer('{####}'), invalid, /./],
    ['when the trigger returns a list', SES_EMAIL, answer([]), invalid, /./],
    ['when the trigger returns no response field', SES_EMAIL, answer({ request: {} }), invalid, /./],
    ['when the response field is a list', SES_EMAIL, answer({ response: [] }), invalid, /./],
    ['when a text is a number', SES_EMAIL, answer({ response: { smsMessage: 5 } }), invalid, /./],
    ['when a text is an object', SES_EMAIL, answer({ response: { emailSubject: {} } }), invalid, /./],
    [
      'when the email message lacks the code (assumed)',
      SES_EMAIL,
      answer({ response: { emailMessage: 'hi' } }),
      invalid,
      /./,
    ],
    [
      'when the SMS message lacks the code (assumed)',
      SES_EMAIL,
      answer({ response: { smsMessage: 'hi' } }),
      invalid,
      /./,
    ],
    [
      'when the email message is too long',
      SES_EMAIL,
      answer({ response: { emailMessage: `{####}${'a'.repeat(19_995)}` } }),
      invalid,
      /emailMessage/,
    ],
    [
      'when the email subject is too long',
      SES_EMAIL,
      answer({ response: { emailSubject: 'a'.repeat(141) } }),
      invalid,
      /emailSubject/,
    ],
    [
      'when the SMS message is too long',
      SES_EMAIL,
      answer({ response: { smsMessage: `{####}${'a'.repeat(135)}` } }),
      invalid,
      /smsMessage/,
    ],
    [
      'when the SMS message is too long with the user name',
      SES_EMAIL,
      answer({ response: { smsMessage: `{####}{username}${'a'.repeat(131)}` } }),
      invalid,
      /smsMessage/,
    ],
    [
      'when the email message has a zero-width space',
      SES_EMAIL,
      answer({ response: { emailMessage: '<p>\u200b{####}' } }),
      'InvalidParameterException',
      "1 validation error detected: Value '<p>\u200b{####}' at 'emailBody' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{####\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*",
    ],
    [
      'when the email subject has a joiner',
      SES_EMAIL,
      answer({ response: { emailMessage: '{####}', emailSubject: '👩\u200d👧' } }),
      'InvalidParameterException',
      /at 'emailSubject' failed to satisfy constraint: .*: \[\\p\{L\}\\p\{M\}\\p\{S\}\\p\{N\}\\p\{P\}\\s\]\+$/,
    ],
    ...[
      '\u00a0',
      '\u202f',
      '\u3000',
      '\u2028',
      '\u0085',
      '\u00ad',
      '\u200e',
      '\u2060',
      '\ufeff',
      '\ue000',
      '\u0378',
    ].map((character): [string, Json, () => Promise<InvocationResult>, string, RegExp] => [
      `when the email message has the character U+${character.charCodeAt(0).toString(16)}`,
      SES_EMAIL,
      answer({ response: { emailMessage: `{####}${character}` } }),
      'InvalidParameterException',
      /at 'emailBody' failed to satisfy constraint/,
    ]),
    ...['\r', '\u0085', '\u2028', '\u2029'].map(
      (character): [string, Json, () => Promise<InvocationResult>, string, RegExp] => [
        `when the SMS message has the line break U+${character.charCodeAt(0).toString(16)}`,
        SES_EMAIL,
        answer({ response: { smsMessage: `{####}${character}` } }),
        'InvalidParameterException',
        /at 'smsMessage' failed to satisfy constraint: .*: \.\*\\\{####\\\}\.\*$/,
      ],
    ),
    [
      'when the trigger returns an email message in a user pool without SES',
      {},
      answer({ response: email }),
      invalid,
      /DEVELOPER/,
    ],
    [
      'when the trigger returns an email subject in a user pool without SES',
      {},
      answer({ response: { emailSubject: 'Reset' } }),
      invalid,
      /DEVELOPER/,
    ],
    [
      'when the trigger returns an email message in a user pool with Cognito’s email sender',
      { EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' } },
      answer({ response: email }),
      invalid,
      /DEVELOPER/,
    ],
  ])('fails and changes nothing (assumed) %s', async (_name, properties, trigger, name, message) => {
    // GIVEN
    await start(properties);
    harness.trigger = trigger;

    // WHEN
    const resetting = reset();

    // THEN
    await expect(resetting).rejects.toMatchObject({
      name,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
    expect(harness.invokedFunctions).toHaveLength(1);
    expect(harness.messages).toEqual([]);
    expect(await harness.status()).toBe('CONFIRMED');
  });
});

describe('a custom message trigger that does not respond', () => {
  beforeEach(() => start());
  afterEach(() => jest.useRealTimers());
  const resetDirectly = () =>
    harness.service.call('AdminResetUserPassword', { UserPoolId: USER_POOL_ID, Username: 'jane' });

  test('is called three times with a timeout of five seconds', async () => {
    // GIVEN
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    harness.trigger = () => new Promise(() => {});
    const failed = expect(resetDirectly()).rejects.toMatchObject({
      name: 'UnexpectedLambdaException',
      message: 'CustomMessage invocation failed due to error Socket timeout while invoking Lambda function.',
    });

    // THEN
    await jest.advanceTimersByTimeAsync(4999);
    expect(harness.invokedFunctions).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(harness.invokedFunctions).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(5000);
    expect(harness.invokedFunctions).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(5000);
    await failed;
    expect(harness.invokedFunctions).toHaveLength(3);
    expect(harness.messages).toEqual([]);
  });

  test('can succeed at the third call', async () => {
    // GIVEN
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    harness.trigger = (event) =>
      harness.invokedFunctions.length < 3 ? new Promise(() => {}) : Promise.resolve({ payload: event });
    const resetting = resetDirectly();

    // WHEN
    await jest.advanceTimersByTimeAsync(10_000);

    // THEN
    await expect(resetting).resolves.toEqual({});
    expect(harness.messages).toHaveLength(1);
  });
});

/**
 * Cognito invokes a custom sender instead of sending. A message that the sandbox sent anyway would never arrive.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-sender-triggers.html
 */
describe('a custom sender', () => {
  const senderOf = (name: string) => ({
    LambdaConfig: { [name]: { LambdaArn: TRIGGER_ARN, LambdaVersion: 'V1_0' }, CustomMessage: TRIGGER_ARN },
  });

  test.each([
    ['CustomEmailSender', 'a custom email sender', VERIFIED_EMAIL],
    ['CustomSMSSender', 'a custom SMS sender', VERIFIED_PHONE],
  ])('is not supported: %s', async (name, what, attributes) => {
    await start(senderOf(name), { attributes });
    await expect(reset()).rejects.toMatchObject({
      name: 'InvalidAction',
      message: `the sandbox's user pool does not support ${what}`,
    });
    expect(harness.messages).toEqual([]);
    expect(await harness.status()).toBe('CONFIRMED');
  });

  test.each([
    ['CustomEmailSender', VERIFIED_PHONE],
    ['CustomSMSSender', VERIFIED_EMAIL],
  ])('is not invoked for the other kind of message: %s', async (name, attributes) => {
    await start(senderOf(name), { attributes });
    await reset();
    expect(harness.messages).toHaveLength(1);
  });
});
