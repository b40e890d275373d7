import { DeployedReset } from '../../support/deployed-reset';
import { metricsIn } from '../../support/deployment';

describe('the reset function', () => {
  let reset: DeployedReset;
  beforeAll(async () => {
    reset = await DeployedReset.start();
    await reset.addUser('first');
  });
  afterAll(() => reset.stop());
  beforeEach(() => {
    reset.output.length = 0;
  });

  test('returns what happened, without the user name', async () => {
    const answer = await reset.invoke({ username: 'first' });

    expect(answer).toEqual({
      status: 'RESET_REQUIRED',
      userPoolId: reset.userPoolId,
      httpStatus: 200,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      signedOut: false,
      replayed: false,
    });
    expect(reset.sandbox.messages.at(-1)).toMatchObject({ channel: 'EMAIL', destination: 'first@example.com' });
    expect(reset.output.join()).not.toContain('first');
  });

  test.each([
    ['alias', 'second', () => 'second@example.com'],
    ['sub', 'third', (sub: string) => sub],
  ])('accepts the %s of a user', async (_, username, nameOf) => {
    const sub = await reset.addUser(username);
    expect(await reset.invoke({ username: nameOf(sub) })).toMatchObject({ status: 'RESET_REQUIRED' });
  });

  test('logs requestedBy and reason as claims, with the user name masked', async () => {
    await reset.invoke({ username: 'first', requestedBy: 'help desk for First', reason: 'FIRST was seen in a list' });

    const [line] = reset.logged.filter(({ message }) => message === 'Password reset required');
    expect(line?.claims).toEqual({ requestedBy: 'help desk for * * *', reason: '* * * was seen in a list' });
    expect(reset.output.join()).not.toMatch(/first/i);
  });

  test('leaves out a claim with the user name in another form, when the reset fails too', async () => {
    const hidden = ['ｆｉｒｓｔ wrote', 'for f%69rst', `see ${Buffer.from('(first)').toString('base64')}`];
    const [requestedBy, reason] = hidden;
    await reset.invoke({ username: 'first', requestedBy, reason });
    await reset.invoke({ username: 'first.unknown', reason: Buffer.from('first.unknown').toString('hex') });
    await reset.invoke({ username: 'first', reason: hidden[2] });

    const leftOut = '[left out: it may contain the user name]';
    expect(reset.logged.map(({ claims }) => claims).filter((claims) => claims !== undefined)).toEqual([
      { requestedBy: leftOut, reason: leftOut },
      { reason: leftOut },
      { reason: leftOut },
    ]);
  });

  test('masks the user name so that the mask and the text beside it cannot form it again', async () => {
    await reset.invoke({ username: 'a***b', reason: 'aaaa***bbbb' });
    expect(reset.output.join()).not.toContain('a***b');
  });

  test('accepts the configured user pool in the request as a safeguard', async () => {
    expect(await reset.invoke({ username: 'first', userPoolId: reset.userPoolId })).toMatchObject({
      status: 'RESET_REQUIRED',
    });
  });

  test('counts resets by function, in the embedded metric format', async () => {
    await reset.invoke({ username: 'first' });

    expect(metricsIn(reset.logged)).toEqual([{ dimensions: [['FunctionName']], Resets: 1 }]);
    expect(reset.logged.find((line) => '_aws' in line)).toMatchObject({
      FunctionName: reset.functionName,
      _aws: {
        CloudWatchMetrics: [{ Namespace: 'CognitoPasswordReset', Metrics: [{ Name: 'Resets', Unit: 'Count' }] }],
      },
    });
  });

  test('counts failures in total and by error name', async () => {
    await reset.invoke({ username: 'nobody' });

    expect(metricsIn(reset.logged)).toEqual([
      { dimensions: [['FunctionName']], Failures: 1 },
      { dimensions: [['FunctionName', 'ErrorName']], ErrorName: 'UserNotFoundException', Failures: 1 },
    ]);
  });

  test('prints only JSON lines', async () => {
    await reset.invoke({ username: 'first' });
    await reset.invoke({});

    expect(reset.output.filter((line) => !line.startsWith('{'))).toEqual([]);
  });
});

describe('the reset function with global sign-out', () => {
  let reset: DeployedReset;
  beforeAll(async () => {
    reset = await DeployedReset.start({ globalSignOut: true });
  });
  afterAll(() => reset.stop());

  test('signs the user out after the reset', async () => {
    await reset.addUser('one');
    expect(await reset.invoke({ username: 'one' })).toMatchObject({ status: 'RESET_REQUIRED', signedOut: true });
    expect(reset.sandbox.countCalls('AdminUserGlobalSignOut')).toBe(1);
  });

  test.each([
    ['two', 'is rejected', { status: 400, name: 'NotAuthorizedException' }, 1, 1],
    ['three', 'fails permanently', { status: 500, name: 'InternalErrorException' }, 5, Number.POSITIVE_INFINITY],
  ])('fails with GlobalSignOutError for user %s when the sign-out %s', async (username, _, instead, calls, times) => {
    await reset.addUser(username);
    const before = reset.sandbox.countCalls('AdminUserGlobalSignOut');
    const remove = reset.sandbox.faults.add({ operation: 'AdminUserGlobalSignOut', times, instead });
    const resets = reset.resets;

    const answer = await reset.invoke({ username });
    remove();

    expect(answer.errorType).toBe('GlobalSignOutError');
    expect(reset.resets - resets).toBe(1);
    expect(reset.sandbox.countCalls('AdminUserGlobalSignOut') - before).toBe(calls);
  });

  test('does not sign the user out when the reset fails', async () => {
    const before = reset.sandbox.countCalls('AdminUserGlobalSignOut');
    expect((await reset.invoke({ username: 'nobody' })).errorType).toBe('UserNotFoundException');
    expect(reset.sandbox.countCalls('AdminUserGlobalSignOut')).toBe(before);
  });

  test('retries the sign-out after a temporary fault', async () => {
    await reset.addUser('four');
    reset.sandbox.faults.add({ operation: 'AdminUserGlobalSignOut', times: 2, instead: 'cut-before' });
    expect(await reset.invoke({ username: 'four' })).toMatchObject({ signedOut: true });
  });
});

test('the sandbox denies a sign-out that the policy of the role does not allow', async () => {
  // GIVEN a function that is configured to sign out, but whose role does not allow it
  const reset = await DeployedReset.start({}, { functionEnvironment: { GLOBAL_SIGN_OUT: 'true' } });
  await reset.addUser('one');

  // WHEN
  const answer = await reset.invoke({ username: 'one' });
  await reset.stop();

  // THEN
  expect(answer.errorType).toBe('GlobalSignOutError');
});
