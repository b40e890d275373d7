import { DeployedReset } from '../../support/deployed-reset';

describe('a reset', () => {
  let reset: DeployedReset;
  beforeAll(async () => {
    reset = await DeployedReset.start();
    await reset.addUser('first');
  });
  afterAll(() => reset.stop());
  beforeEach(() => {
    reset.output.length = 0;
  });

  test('answers with what happened, and names no user', async () => {
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
  ])('takes a user by %s', async (_, username, nameOf) => {
    const sub = await reset.addUser(username);
    expect(await reset.invoke({ username: nameOf(sub) })).toMatchObject({ status: 'RESET_REQUIRED' });
  });

  test('logs who asked and why as a claim, with the user name cut out however it is written', async () => {
    await reset.invoke({
      username: 'first',
      requestedBy: 'help desk for First',
      reason: 'ｆｉｒｓｔ@example.com wrote that FIRST was seen in a list',
    });

    const [line] = reset.logged.filter(({ message }) => message === 'Password reset required');
    expect(line?.claims).toEqual({
      requestedBy: 'help desk for * * *',
      reason: '* * *@example.com wrote that * * * was seen in a list',
    });
    expect(reset.output.join()).not.toMatch(/first|ｆｉｒｓｔ/i);
  });

  test('a cut-out name does not come together again from what is left', async () => {
    await reset.invoke({ username: 'a***b', reason: 'aaaa***bbbb' });
    expect(reset.output.join()).not.toContain('a***b');
  });

  test('takes the configured user pool as a safeguard', async () => {
    expect(await reset.invoke({ username: 'first', userPoolId: reset.userPoolId })).toMatchObject({
      status: 'RESET_REQUIRED',
    });
  });

  test('counts itself by function, in the embedded metric format', async () => {
    await reset.invoke({ username: 'first' });

    expect(metricsOf(reset)).toEqual([{ dimensions: [['FunctionName']], Resets: 1 }]);
    expect(reset.logged.find((line) => '_aws' in line)).toMatchObject({
      FunctionName: reset.functionName,
      _aws: {
        CloudWatchMetrics: [{ Namespace: 'CognitoPasswordReset', Metrics: [{ Name: 'Resets', Unit: 'Count' }] }],
      },
    });
  });

  test('counts a failure in all and by its name', async () => {
    await reset.invoke({ username: 'nobody' });

    expect(metricsOf(reset)).toEqual([
      { dimensions: [['FunctionName']], Failures: 1 },
      { dimensions: [['FunctionName', 'ErrorName']], ErrorName: 'UserNotFoundException', Failures: 1 },
    ]);
  });

  test('prints nothing but JSON lines', async () => {
    await reset.invoke({ username: 'first' });
    await reset.invoke({});

    expect(reset.output.filter((line) => !line.startsWith('{'))).toEqual([]);
  });
});

describe('with global sign-out', () => {
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
    ['two', 'is refused', { status: 400, name: 'NotAuthorizedException' }, 1, 1],
    ['three', 'fails for good', { status: 500, name: 'InternalErrorException' }, 5, Number.POSITIVE_INFINITY],
  ])('says to %s that only the sign-out failed when it %s', async (username, _, instead, calls, times) => {
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

  test('does not sign out when the reset failed', async () => {
    const before = reset.sandbox.countCalls('AdminUserGlobalSignOut');
    expect((await reset.invoke({ username: 'nobody' })).errorType).toBe('UserNotFoundException');
    expect(reset.sandbox.countCalls('AdminUserGlobalSignOut')).toBe(before);
  });

  test('tries a sign-out again that a passing fault stopped', async () => {
    await reset.addUser('four');
    reset.sandbox.faults.add({ operation: 'AdminUserGlobalSignOut', times: 2, instead: 'cut-before' });
    expect(await reset.invoke({ username: 'four' })).toMatchObject({ signedOut: true });
  });
});

test('the sandbox refuses what the policy of the role does not allow', async () => {
  // GIVEN a function that was told to sign out, and whose role was not
  const reset = await DeployedReset.start({}, { functionEnvironment: { GLOBAL_SIGN_OUT: 'true' } });
  await reset.addUser('one');

  // WHEN
  const answer = await reset.invoke({ username: 'one' });
  await reset.stop();

  // THEN
  expect(answer.errorType).toBe('GlobalSignOutError');
});

function metricsOf(reset: DeployedReset): object[] {
  return reset.logged.flatMap(({ _aws, FunctionName, ...values }) => {
    const [metrics] =
      (_aws as { CloudWatchMetrics: { Dimensions: string[][] }[] } | undefined)?.CloudWatchMetrics ?? [];
    return metrics === undefined ? [] : [{ dimensions: metrics.Dimensions, ...values }];
  });
}
