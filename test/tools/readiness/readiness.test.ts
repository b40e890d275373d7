import { run } from '../../support/commands';

describe('npm run readiness', () => {
  test.each([
    [
      'READY with a warning',
      [],
      0,
      /^A simulated account, on this machine\.\n\nSMS messages through AWS End User Messaging SMS in us-east-1: READY\n[\s\S]*spendLimit +WARNING[\s\S]*originationIdentity +PASSED/,
    ],
    [
      'NOT_READY with every failed check',
      ['--sandbox-tier', '--spent', '1', '--number-status', 'PENDING'],
      1,
      /: NOT_READY\n[\s\S]*accountTier +FAILED[\s\S]*spendLimit +FAILED[\s\S]*originationIdentity +FAILED/,
    ],
  ])('prints %s', async (_, args, expected, output) => {
    const { status, stdout, stderr } = await run('readiness', ...args);

    expect(stderr).toBe('');
    expect(stdout).toMatch(output);
    expect(status).toBe(expected);
  });

  test('prints the response of the function with --json', async () => {
    const { status, stdout } = await run('readiness', '--json', '--sns', '--sandbox-tier', '--spent', '0.25');

    expect(JSON.parse(stdout)).toMatchObject({
      status: 'NOT_READY',
      path: 'SNS',
      region: 'us-east-1',
      checks: expect.arrayContaining([
        expect.objectContaining({ name: 'accountTier', status: 'FAILED' }),
        expect.objectContaining({ name: 'spendLimit', values: { limit: 1, spent: 0.25, remaining: 0.75 } }),
        expect.objectContaining({ name: 'originationIdentity', status: 'PASSED' }),
      ]),
    });
    expect(status).toBe(1);
  });

  test.each([
    [['--help'], 0, /^Usage: npm run readiness/],
    [['--tier', 'SANDBOX'], 2, /^npm run readiness: Unknown option '--tier'/],
    [['--spent', '-1'], 2, /^npm run readiness: .*--spent/],
    [['--spent', 'much'], 2, /^npm run readiness: --spent: expected a number of USD/],
    [['--number-status', 'pending'], 2, /^npm run readiness: --number-status: expected one of ACTIVE, PENDING/],
  ])('given %j, ends at once with status %d', async (args, expected, output) => {
    const { status, stdout, stderr } = await run('readiness', ...args);

    expect(stdout + stderr).toMatch(output);
    expect(status).toBe(expected);
  });
});
