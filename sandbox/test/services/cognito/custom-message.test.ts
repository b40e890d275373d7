import {
  AdminCreateUserCommand,
  AdminResetUserPasswordCommand,
  ForgotPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { InvocationResult, Json } from '../../../src/model';
import type { NewUser } from '../../../src/services/cognito/users';
import { CLIENT, CUSTOM_MESSAGE, EMAIL, Harness, PHONE, POOL, SES, TRIGGER } from '../../support/cognito-harness';

let harness: Harness;
afterEach(() => harness.stop());

async function start(properties: Json = {}, user: Partial<NewUser> = {}) {
  harness = await Harness.start({ ...CUSTOM_MESSAGE, ...properties });
  return harness.addUser(user);
}

function reset(ClientMetadata?: Record<string, string>, Username = 'jane') {
  return harness.client.send(new AdminResetUserPasswordCommand({ UserPoolId: POOL, Username, ClientMetadata }));
}

function event(sub: string, clientId: string, clientMetadata: Json): Json {
  return {
    version: '1',
    region: 'us-east-1',
    userPoolId: POOL,
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

describe('the trigger', () => {
  it('gets the documented event of an administrator’s reset, with the metadata', async () => {
    const sub = await start();
    await reset({ template: 'breach' });
    expect(harness.invoked).toEqual([TRIGGER]);
    expect(harness.events).toEqual([
      event(sub, 'CLIENT_ID_NOT_APPLICABLE', { clientMetadata: { template: 'breach' } }),
    ]);
  });

  it('gets an event without metadata when the caller gave none', async () => {
    const sub = await start();
    await reset();
    expect(harness.events).toEqual([event(sub, 'CLIENT_ID_NOT_APPLICABLE', {})]);
  });

  it('gets the same trigger source, and any caller’s metadata, from the public operation', async () => {
    const sub = await start();
    const ClientMetadata = { template: 'forged' };
    await harness.client.send(new ForgotPasswordCommand({ ClientId: CLIENT, Username: 'jane', ClientMetadata }));
    expect(harness.events).toEqual([event(sub, CLIENT, { clientMetadata: ClientMetadata })]);
  });

  it('may see the user deleted while it runs', async () => {
    await start();
    harness.trigger = async (event) => {
      await harness.service.call('AdminDeleteUser', { UserPoolId: POOL, Username: 'jane' });
      return { payload: event };
    };
    await expect(reset()).resolves.toBeDefined();
    await expect(harness.status()).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  it('may see the user changed while it runs', async () => {
    await start();
    harness.trigger = async (event) => {
      await harness.service.call('AdminDisableUser', { UserPoolId: POOL, Username: 'jane' });
      return { payload: event };
    };
    await reset();
    const user = await harness.service.call('AdminGetUser', { UserPoolId: POOL, Username: 'jane' });
    expect(user).toMatchObject({ Enabled: false, UserStatus: 'RESET_REQUIRED' });
  });

  it('is told the user’s own name, whichever name the caller used (assumed)', async () => {
    const sub = await start();
    await reset({}, sub);
    expect(harness.events[0]).toMatchObject({ userName: 'jane' });
  });

  it('is not called in a pool that has none', async () => {
    harness = await Harness.start();
    await harness.addUser();
    await reset();
    expect(harness.invoked).toEqual([]);
  });

  it('is asked for user name and code of an invitation', async () => {
    await start(SES);
    harness.respond({ emailMessage: 'Welcome {username}, {####}', emailSubject: 'Welcome' });
    await harness.client.send(
      new AdminCreateUserCommand({
        UserPoolId: POOL,
        Username: 'john',
        TemporaryPassword: 'Temporary-$&-1',
        UserAttributes: [{ Name: 'email', Value: 'john@example.com' }],
        DesiredDeliveryMediums: ['EMAIL'],
      }),
    );
    expect(harness.events).toMatchObject([
      { triggerSource: 'CustomMessage_AdminCreateUser', request: { usernameParameter: '{username}' } },
    ]);
    expect(harness.messages).toMatchObject([
      { subject: 'Welcome', body: 'Welcome john, Temporary-$&-1', destination: 'john@example.com' },
    ]);
  });
});

describe('the message', () => {
  const code = expect.stringMatching;
  it.each<[string, Json, Json, Json]>([
    [
      'is the trigger’s email',
      EMAIL,
      { emailSubject: 'For {username}', emailMessage: '{####} and {####} for {username}' },
      { channel: 'EMAIL', subject: 'For jane', body: code(/^(\d{6}) and \1 for jane$/), origin: 'TRIGGER' },
    ],
    [
      'is the trigger’s SMS',
      PHONE,
      { smsMessage: 'Code {####}', emailMessage: '{####}' },
      { channel: 'SMS', destination: '+15555550100', body: code(/^Code \d{6}$/), origin: 'TRIGGER' },
    ],
    [
      'has the default text when the trigger answers nothing',
      EMAIL,
      { smsMessage: null, emailMessage: null, emailSubject: null },
      { body: code(/^Your password reset code is \d{6}$/), origin: 'DEFAULT' },
    ],
    ['has the default text when the trigger answers no fields', EMAIL, {}, { origin: 'DEFAULT' }],
    [
      'has the default text when the trigger answers empty texts',
      EMAIL,
      { emailMessage: '', emailSubject: '' },
      { body: code(/^Your password reset code is \d{6}$/), subject: code(/./), origin: 'DEFAULT' },
    ],
    [
      'has the default text when the trigger wrote for the other channel',
      PHONE,
      { emailMessage: '{####}', emailSubject: 'Reset' },
      { channel: 'SMS', body: code(/^Your password reset code is \d{6}$/), origin: 'DEFAULT' },
    ],
    [
      'may be as long as AWS allows, with the code',
      EMAIL,
      {
        emailSubject: 'a'.repeat(140),
        emailMessage: `{####}${'a'.repeat(19_994)}`,
        smsMessage: `{####}${'a'.repeat(134)}`,
      },
      { origin: 'TRIGGER' },
    ],
    [
      'may be as long as AWS allows once the name is in it',
      PHONE,
      { smsMessage: `{####}{username}${'a'.repeat(130)}` },
      { origin: 'TRIGGER' },
    ],
  ])('%s', async (_name, attributes, response, message) => {
    // GIVEN
    await start(SES, { attributes: attributes as Record<string, string> });
    harness.respond(response);

    // WHEN
    await reset();

    // THEN
    expect(harness.messages).toEqual([expect.objectContaining(message)]);
  });

  it('keeps a user name with replacement patterns as it is', async () => {
    await start(SES, { username: '$&-$1' });
    harness.respond({ emailMessage: '{username} {####}' });
    await reset({}, '$&-$1');
    expect(harness.messages[0].body).toMatch(/^\$&-\$1 \d{6}$/);
  });

  it('may leave email to Cognito in a pool that does not send through SES', async () => {
    await start({});
    harness.respond({ smsMessage: '{####}', emailMessage: null, emailSubject: '' });
    await reset();
    expect(harness.messages).toMatchObject([{ channel: 'EMAIL', origin: 'DEFAULT' }]);
  });
});

describe('the reset fails, and changes nothing (assumed)', () => {
  const invalid = 'InvalidLambdaResponseException';
  const unexpected = 'UnexpectedLambdaException';
  const answer = (payload: unknown) => async () => ({ payload });
  const failure = (payload: unknown) => async () => ({ payload, functionError: 'Unhandled' as const });
  const email = { emailMessage: '{####}', emailSubject: 'Reset' };
  it.each<[string, Json, () => Promise<InvocationResult>, string, string | RegExp]>([
    [
      'when the function threw',
      SES,
      failure({ errorType: 'TypeError', errorMessage: 'no template', trace: [] }),
      'UserLambdaValidationException',
      'CustomMessage failed with error no template.',
    ],
    ['when the process ended', SES, failure({ errorType: 'Runtime.ExitError', errorMessage: 'x' }), unexpected, /./],
    [
      'when the function ran out of time',
      SES,
      failure({ errorType: 'Sandbox.Timedout', errorMessage: 'x' }),
      unexpected,
      /./,
    ],
    ['when an old runtime ran out of time', SES, failure({ errorMessage: 'Task timed out' }), unexpected, /./],
    ['when it failed without an answer', SES, failure(null), unexpected, /./],
    [
      'when the function may not be invoked',
      SES,
      () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDeniedException' })),
      unexpected,
      'CustomMessage invocation failed due to error AccessDeniedException.',
    ],
    ['when the answer is nothing', SES, answer(null), invalid, /./],
    ['when the answer is a text', SES, answer('{####}'), invalid, /./],
    ['when the answer is a list', SES, answer([]), invalid, /./],
    ['when the answer has no response', SES, answer({ request: {} }), invalid, /./],
    ['when the response is a list', SES, answer({ response: [] }), invalid, /./],
    ['when a text is a number', SES, answer({ response: { smsMessage: 5 } }), invalid, /./],
    ['when a text is an object', SES, answer({ response: { emailSubject: {} } }), invalid, /./],
    ['when the email lacks the code (assumed)', SES, answer({ response: { emailMessage: 'hi' } }), invalid, /./],
    ['when the SMS lacks the code (assumed)', SES, answer({ response: { smsMessage: 'hi' } }), invalid, /./],
    [
      'when the email is too long',
      SES,
      answer({ response: { emailMessage: `{####}${'a'.repeat(19_995)}` } }),
      invalid,
      /emailMessage/,
    ],
    [
      'when the subject is too long',
      SES,
      answer({ response: { emailSubject: 'a'.repeat(141) } }),
      invalid,
      /emailSubject/,
    ],
    [
      'when the SMS is too long',
      SES,
      answer({ response: { smsMessage: `{####}${'a'.repeat(135)}` } }),
      invalid,
      /smsMessage/,
    ],
    [
      'when the SMS is too long once the name is in it',
      SES,
      answer({ response: { smsMessage: `{####}{username}${'a'.repeat(131)}` } }),
      invalid,
      /smsMessage/,
    ],
    ['when there is email without SES', {}, answer({ response: email }), invalid, /DEVELOPER/],
    ['when there is a subject without SES', {}, answer({ response: { emailSubject: 'Reset' } }), invalid, /DEVELOPER/],
    [
      'when there is email with Cognito’s own sender',
      { EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' } },
      answer({ response: email }),
      invalid,
      /DEVELOPER/,
    ],
  ])('%s', async (_name, properties, trigger, name, message) => {
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
    expect(harness.invoked).toHaveLength(1);
    expect(harness.messages).toEqual([]);
    expect(await harness.status()).toBe('CONFIRMED');
  });
});

describe('a trigger that does not answer', () => {
  beforeEach(() => start());
  afterEach(() => jest.useRealTimers());
  const resetDirectly = () => harness.service.call('AdminResetUserPassword', { UserPoolId: POOL, Username: 'jane' });

  it('is given five seconds, three times', async () => {
    // GIVEN
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    harness.trigger = () => new Promise(() => {});
    const failed = expect(resetDirectly()).rejects.toMatchObject({
      name: 'UnexpectedLambdaException',
      message: 'CustomMessage invocation failed due to error Socket timeout while invoking Lambda function.',
    });

    // THEN
    await jest.advanceTimersByTimeAsync(4999);
    expect(harness.invoked).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(harness.invoked).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(5000);
    expect(harness.invoked).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(5000);
    await failed;
    expect(harness.invoked).toHaveLength(3);
    expect(harness.messages).toEqual([]);
  });

  it('may still answer at the third time', async () => {
    // GIVEN
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    harness.trigger = (event) =>
      harness.invoked.length < 3 ? new Promise(() => {}) : Promise.resolve({ payload: event });
    const resetting = resetDirectly();

    // WHEN
    await jest.advanceTimersByTimeAsync(10_000);

    // THEN
    await expect(resetting).resolves.toEqual({});
    expect(harness.messages).toHaveLength(1);
  });
});
