import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as cognito from 'cloud-assembly-sandbox/assumptions/cognito';
import * as ses from 'cloud-assembly-sandbox/assumptions/ses';
import * as sms from 'cloud-assembly-sandbox/assumptions/sms';
import * as stepFunctions from 'cloud-assembly-sandbox/assumptions/step-functions';
import { readArguments } from '../../../tools/verify/arguments';
import { AwsDeployment } from '../../../tools/verify/aws-deployment';
import { type Experiment, NotSeenError, type Stage } from '../../../tools/verify/experiment';
import { EXPERIMENTS } from '../../../tools/verify/experiments';
import { formatResults, resultsFile, runExperiments, withoutIdentity } from '../../../tools/verify/results';
import { SandboxDeployment } from '../../../tools/verify/sandbox-deployment';
import { TAG, VerifyStack } from '../../../tools/verify/stack';
import { UNTESTED } from '../../../tools/verify/untested';
import { ActionCatalog } from '../../support/allowed-actions';
import { changedAssumptions } from '../../support/changed-assumptions';
import { filesLeftBy, run, startWithTempFolder, waitForOutput } from '../../support/commands';
import { until } from '../../support/deployment';
import { page } from '../../support/pages';
import { cases, describeInSoak } from '../../support/soak';

const ROOT = resolve(__dirname, '..', '..', '..');
const SERVICES = { cognito, ses, sms, 'step-functions': stepFunctions };

// The modules of the sandbox read their assumptions through these mocks.
jest.mock('cloud-assembly-sandbox/assumptions/cognito', () =>
  jest
    .requireActual('../../support/changed-assumptions')
    .changeable(jest.requireActual('cloud-assembly-sandbox/assumptions/cognito')),
);
jest.mock('cloud-assembly-sandbox/assumptions/step-functions', () =>
  jest
    .requireActual('../../support/changed-assumptions')
    .changeable(jest.requireActual('cloud-assembly-sandbox/assumptions/step-functions')),
);
jest.mock('cloud-assembly-sandbox/assumptions/sms', () =>
  jest
    .requireActual('../../support/changed-assumptions')
    .changeable(jest.requireActual('cloud-assembly-sandbox/assumptions/sms')),
);

/** The error of an assumption, with another name. */
const renamed = (original: (...args: never[]) => Error) => () =>
  Object.assign(original(), { name: 'NotAuthorizedException' });

/** For each assumption of the sandbox that has an experiment, one that is not the sandbox's. */
const CHANGES: Readonly<Record<string, unknown>> = {
  STATUSES_THAT_CANNOT_BE_RESET: new Set(['EXTERNAL_PROVIDER']),
  STATUSES_THAT_CANNOT_BE_RESET_WITH_CONTACT: new Set(),
  LOOKUP_ORDER: ['sub', 'username', 'alias'],
  LIST_USERS_LAG: 5_000,
  adminOnlyError: renamed(cognito.adminOnlyError),
  sendThenChange: async (send: () => Promise<void>, change: () => Promise<void>) => {
    await change();
    await send();
  },
  missingPlaceholderError: renamed(cognito.missingPlaceholderError),
  patternError: renamed(() => cognito.patternError('', '', '')),
  PATTERN_SPACES: '\\t\\n\\v\\f\\r\\u00a0 ',
  ADMIN_CLIENT_ID: 'NONE',
  UNKNOWN_SDK_VERSION: 'aws-sdk-js-3',
  triggerEventUser: ({ Username }: { Username: string }) => ({ userName: Username, status: 'RESET_REQUIRED' }),
  CRASH_ERROR_TYPES: /^Never$/,
  requiresResetBeforePasswordCheck: () => false,
  STATUSES_THAT_CAN_REFRESH: new Set(['CONFIRMED']),
  SIMULATED_DESTINATION: { EMAIL: 's***@e***', SMS: '+*******9999' },
  validateCodeThenPassword: (code: () => void, password: () => void) => {
    password();
    code();
  },
  noInvitationContactError: renamed(cognito.noInvitationContactError),
  SMS_DELIVERY_FAILURE: 'InvalidParameterException',
  SNS_REFUSED_MESSAGE_ERROR: { name: 'OptedOutException', status: 400 },
  EXCEPTION_BY_REASON: { ...sms.EXCEPTION_BY_REASON, NO_ORIGINATION_IDENTITIES_FOUND: 'ValidationException' },
  hasSpendMetricValue: () => true,
  functionErrorName: () => 'Lambda.Unknown',
  lambdaApiErrorName: (name: string) => `Lambda.${name}`,
  permissionsError: renamed(() => stepFunctions.permissionsError('')),
  defaultLabel: () => 'Map',
};

/** Whoever looks at this clock, or waits for it, lets its time pass. */
class PassingClock {
  #time = Date.now();

  now(): number {
    this.#time += 100;
    return this.#time;
  }

  async wait(milliseconds: number): Promise<void> {
    this.#time += milliseconds;
  }
}

const FROM = 'no-reply@example.com';
const STACK = { stackName: 'VerifyPasswordReset-0123abcd', region: 'eu-west-1', from: FROM };

describe('in the sandbox', () => {
  let deployment: SandboxDeployment | undefined;
  afterEach(async () => {
    changedAssumptions.clear();
    await deployment?.remove();
  });

  function start(onCall?: (call: { service: string; operation: string }) => void): Promise<Stage> {
    deployment = new SandboxDeployment({ ...STACK, clock: new PassingClock(), onCall });
    return deployment.start();
  }

  test('every assumption agrees, with the calls that the policy in docs/verify.md allows', async () => {
    const calls = new Set<string>();
    const stage = await start(({ service, operation }) => calls.add(`${service}:${operation}`));

    const results = await runExperiments(stage, EXPERIMENTS);

    expect(results.filter(({ verdict }) => verdict !== 'AGREES')).toEqual([]);
    expect(results).toHaveLength(EXPERIMENTS.length);
    // AWS asks no permission for these. The state machines invoke the function, and not the user.
    const unsigned = ['SignUp', 'InitiateAuth', 'ForgotPassword', 'ConfirmForgotPassword', 'Invoke'];
    const needed = [...calls].filter((call) => !unsigned.includes(call.split(':')[1] ?? ''));
    const allowed = statements('Experiments').flatMap(({ Action }) => Action);
    expect([...allowed].sort()).toEqual(needed.sort());
  });

  const names = Object.keys(CHANGES);
  const groups = Array.from({ length: cases(3, names.length) }, (_, group) =>
    names.filter((_name, index) => index % cases(3, names.length) === group),
  );

  test.each(groups.map((group) => [group.join(', '), group] as const))('exactly these differ: %s', async (_, group) => {
    for (const name of group) changedAssumptions.set(name, CHANGES[name]);

    const results = await runExperiments(await start(), EXPERIMENTS);

    const differing = results.filter(({ verdict }) => verdict !== 'AGREES');
    expect(differing.map(({ assumption }) => assumption).sort()).toEqual([...group].sort());
    expect(differing.map(({ verdict }) => verdict)).toEqual(group.map(() => 'DIFFERS'));
    expect(/^Differs: (.*)$/m.exec(formatResults(results, []))?.[1]?.split(', ').sort()).toEqual([...group].sort());
  });

  test('every assumption of the sandbox with an experiment is changed once', () => {
    const ofSandbox = EXPERIMENTS.filter(({ origin }) => origin in SERVICES).map(({ assumption }) => assumption);

    expect(names.sort()).toEqual([...ofSandbox].sort());
  });

  test('what the account does not show is not seen, and fails nothing', async () => {
    const stage = await start();
    const outputs = { ...stage.outputs, SendsThroughSes: 'false' };
    const sns = { send: async () => ({ IsInSandbox: false }) } as unknown as Stage['sns'];

    const results = await runExperiments({ ...stage, outputs, sns }, EXPERIMENTS);

    expect(
      results.filter(({ verdict }) => verdict !== 'AGREES').map((each) => [each.assumption, each.verdict]),
    ).toEqual([
      ['missingPlaceholderError', 'NOT_SEEN'],
      ['patternError', 'NOT_SEEN'],
      ['PATTERN_SPACES', 'NOT_SEEN'],
      ['SMS_DELIVERY_FAILURE', 'NOT_SEEN'],
      ['SNS_REFUSED_MESSAGE_ERROR', 'NOT_SEEN'],
    ]);
  });
});

describe('every assumption has one experiment, or a reason for having none', () => {
  const entries = [...EXPERIMENTS, ...UNTESTED];

  test.each(Object.entries(SERVICES))('of the assumptions.ts of %s', (service, assumptions) => {
    const source = readFileSync(join(ROOT, 'sandbox', 'src', 'services', service, 'assumptions.ts'), 'utf8');
    const covered = entries.filter(({ origin }) => origin === service).map(({ assumption }) => assumption);

    expect(Object.keys(assumptions).sort()).toEqual([...covered].sort());
    expect(source.match(/Assumption:/g)).toHaveLength(covered.length);
  });

  test('no service of the sandbox has an assumptions.ts besides', () => {
    const files = gitGrep('Assumption:', 'sandbox/src');

    expect(files).toEqual(Object.keys(SERVICES).map((service) => `sandbox/src/services/${service}/assumptions.ts`));
  });

  test('of the functions', () => {
    const labelled: Readonly<Record<string, readonly string[]>> = {
      'lambda/campaign/summary/summarizer.ts': ['clockOfCognito'],
      'lambda/campaign/worker/confirmation.ts': ['signInIsNoChange'],
      'lambda/sms-readiness/sns.ts': ['unsetSpendLimit', 'emptyListOfNumbers', 'statusOfNumbers'],
    };
    const covered = entries.filter(({ origin }) => origin === 'lambda').map(({ assumption }) => assumption);

    expect(gitGrep('Assumption:', 'lambda')).toEqual(Object.keys(labelled));
    for (const [file, names] of Object.entries(labelled)) {
      expect(readFileSync(join(ROOT, file), 'utf8').match(/Assumption:/g)).toHaveLength(names.length);
    }
    expect(Object.values(labelled).flat().sort()).toEqual([...covered].sort());
  });

  /** The beginning of what the documentation says is not known, and what it is named here. */
  const UNKNOWN: Readonly<Record<string, readonly string[]>> = {
    'the exact error for a user pool with account recovery': ['adminOnlyError'],
    'what happens to users of an external provider, and to users who never confirmed': [
      'externalProviderUsers',
      'STATUSES_THAT_CANNOT_BE_RESET_WITH_CONTACT',
    ],
    'whether its `\\s` contains spaces beyond ASCII': ['PATTERN_SPACES'],
    'which version of Unicode it uses': ['unicodeVersion'],
    'whether an SMS message may have line breaks': ['SMS_MESSAGE'],
    'the error for such a response': ['patternError'],
    'how Cognito checks the role of the SMS configuration': ['smsRoleOfNewPool'],
    'whether permission for `sms-voice:SendTextMessage`': ['configurationSetPermission'],
    'what becomes of an SMS message beyond the [message parts a second]': [
      'SILENT_SMS_ERRORS',
      'THROTTLED_MESSAGE_ERRORS',
      'memberThatSends',
    ],
    'whether Amazon SNS is denied the default opt-out list': ['SNS_READS_OPT_OUTS'],
    'Which ARN the child executions of a Distributed Map present': ['childSourceArn', 'ROLE_NOT_ASSUMABLE'],
    'What Cognito responds when Amazon SES refuses': ['REFUSED_EMAIL_FAILS', 'SENDING_RATE_PERIOD'],
    'Whether Cognito finds a user of an external provider by `sub`': ['externalProviderUsers'],
    'whether a second reset of a user who is already RESET_REQUIRED': ['STATUSES_THAT_CANNOT_BE_RESET'],
    'whether a new code invalidates': ['validCode'],
    "whether the user's status changes": ['sendThenChange'],
    'Whether Cognito sends another code to a user who is RESET_REQUIRED': [
      'STATUSES_THAT_CANNOT_BE_RESET',
      'validCode',
    ],
    'AWS documents that listing is eventually consistent': ['LIST_USERS_LAG'],
    'Whether ListUsers can return the same user on two pages': ['usersOnTwoPages'],
    'In a list, each name is looked up with AdminGetUser': ['activeUsers'],
    'Whether a trigger that sends messages itself': ['customSenders'],
    'Which user Cognito selects': ['LOOKUP_ORDER'],
    'Whether a user who is CONFIRMED and was changed': ['signInIsNoChange'],
    'Which limit a LimitExceededException is about': ['limitExceeded'],
    'How long a pagination token': ['LIST_USERS_TOKEN_LIFETIME'],
    'What Cognito responds for users in undocumented states': ['STATUSES_THAT_CANNOT_BE_RESET'],
    'Whether the delivery of logs decrypts': ['logEncryptionContext'],
    'that the trigger source is `CustomMessage_ForgotPassword`': ['triggerSourceOfReset'],
    'and that every key and value arrives unchanged': ['clientMetadataUnchanged'],
    'AWS does not document what Cognito responds when an SMS message': ['SMS_DELIVERY_FAILURE'],
  };

  test('of what the documentation says is not known', () => {
    const unknowns = page('docs/unknowns.md');
    const bulk = page('docs/bulk.md').split('\n## What is not known\n')[1] ?? '';
    const lines = [...`${unknowns}\n${bulk}`.matchAll(/^- (.*)$/gm)].map(([, line = '']) => line);
    const beginnings = Object.keys(UNKNOWN);
    const names = new Set(entries.map(({ assumption }) => assumption));

    expect(lines.filter((line) => !beginnings.some((beginning) => line.startsWith(beginning)))).toEqual([]);
    expect(beginnings.filter((beginning) => !`${unknowns}${bulk}`.includes(beginning))).toEqual([]);
    const used = Object.values(UNKNOWN).flat();
    expect(used.filter((name) => !names.has(name))).toEqual([]);
    const ofDocs = entries.filter(({ origin }) => origin === 'docs').map(({ assumption }) => assumption);
    expect(ofDocs.filter((name) => !used.includes(name))).toEqual([]);
  });

  test('and only one', () => {
    const names = entries.map(({ assumption }) => assumption);

    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the results', () => {
  const ends: Experiment[] = [
    { assumption: 'one', origin: 'docs', expected: 'yes', see: async () => 'yes' },
    {
      assumption: 'two',
      origin: 'docs',
      expected: ['no', 'never'],
      see: async () => 'arn:aws:iam::111122223333:role/x',
    },
    { assumption: 'three', origin: 'docs', expected: 'yes', see: () => Promise.reject(new NotSeenError('too new')) },
    {
      assumption: 'four',
      origin: 'docs',
      expected: 'yes',
      see: () => Promise.reject(Object.assign(new Error('user/111122223333'), { name: 'AccessDeniedException' })),
    },
  ];

  test('say of each assumption what was expected and seen, and nothing that names the account', async () => {
    const results = await runExperiments({} as Stage, ends);

    expect(results.map(({ seen, verdict }) => [seen, verdict])).toEqual([
      ['yes', 'AGREES'],
      ['(ARN)', 'DIFFERS'],
      ['too new', 'NOT_SEEN'],
      ['AccessDeniedException', 'FAILED'],
    ]);
    const table = formatResults(results, UNTESTED.slice(0, 1));
    expect(table).toMatch(
      /^assumption +expected +seen +verdict\none +yes +yes +AGREES\ntwo +no or never +\(ARN\) +DIFFERS$/m,
    );
    expect(table).toContain('No experiment yet:\n  validCode: it needs a code');
    expect(table).toContain('1 agree, 1 differ, 1 not seen, 1 failed.\nDiffers: two');
    const file = resultsFile(results, [], { sandbox: true, region: 'us-east-1', version: '0' });
    expect(JSON.parse(file).results).toHaveLength(4);
    expect(file).not.toMatch(/\d{12}|arn:|@/);
  });

  test.each([
    ['arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI is', '(ARN) is'],
    ['account 111122223333, user someone@example.com', 'account (number), user (address)'],
    ['pool eu-west-1_AbCdEfGhI, id 0b1c2d3e-0000-4000-8000-0123456789ab', 'pool (user pool), id (id)'],
    ['client 1example23456789abcdefghij, +12065550100', 'client (id), (number)'],
    ['EMAIL s***@e***, SMS +*******0000', 'EMAIL s***@e***, SMS +*******0000'],
  ])('cut out of %j what names somebody', (text, expected) => {
    expect(withoutIdentity(text)).toBe(expected);
  });
});

describe('the stack', () => {
  test('is deleted whole, has the tag on everything that can have one, and needs no bootstrap stack', () => {
    const stack = new VerifyStack(new App(), STACK.stackName, { from: FROM, env: { region: STACK.region } });
    const { Resources } = Template.fromStack(stack).toJSON();
    const resources = Object.values<{ Type: string; DeletionPolicy?: string; Properties: object }>(Resources);

    expect(resources.filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete')).toEqual([]);
    const untagged = resources.filter(({ Properties }) => !JSON.stringify(Properties).includes(TAG));
    expect(new Set(untagged.map(({ Type }) => Type))).toEqual(
      new Set(['AWS::Cognito::UserPoolClient', 'AWS::IAM::Policy', 'AWS::Lambda::Permission']),
    );
    expect(JSON.stringify(Resources)).not.toContain('S3Key');
  });
});

describe('on AWS', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cdk-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A command in place of the CDK's. It writes down its arguments, and ends as told: HANG waits for a signal. */
  const deployed = (deploy: string, destroy = '0') => {
    const script = `
      const { appendFileSync, writeFileSync } = require('node:fs');
      const [subcommand, stack] = process.argv.slice(1);
      const end = { deploy: ${JSON.stringify(deploy)}, destroy: ${JSON.stringify(destroy)} }[subcommand];
      if (end === '0' && subcommand === 'deploy') {
        const file = process.argv[process.argv.indexOf('--outputs-file') + 1];
        writeFileSync(file, JSON.stringify({ [stack]: { UserPoolId: 'eu-west-1_AbCdEfGhI' } }));
      }
      if (end === 'HANG') {
        process.on('SIGTERM', () => { appendFileSync('${folder}/log', 'ended\\n'); process.exit(1); });
        setInterval(() => {}, 1000);
      }
      appendFileSync('${folder}/log', [subcommand, stack, process.env.AWS_REGION].join(' ') + '\\n');
      if (end !== 'HANG') process.exit(Number(end));`;
    const cdk = [process.execPath, '-e', script] as const;
    return new AwsDeployment({ ...STACK, cdk });
  };
  const log = () =>
    existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') : [];
  const OF_STACK = `${STACK.stackName} eu-west-1`;
  const DELETE = `aws cloudformation delete-stack --region eu-west-1 --stack-name ${STACK.stackName}`;

  test('deploys the stack, and destroys it once', async () => {
    const deployment = deployed('0');

    const { outputs } = await deployment.start();
    await Promise.all([deployment.remove(), deployment.remove()]);

    expect(outputs.UserPoolId).toBe('eu-west-1_AbCdEfGhI');
    expect(log()).toEqual([`deploy ${OF_STACK}`, `destroy ${OF_STACK}`]);
  });

  test('destroys the stack when its deployment failed', async () => {
    const deployment = deployed('1');

    await expect(deployment.start()).rejects.toThrow('cdk deploy: got exit status 1, expected 0: see its output above');
    await deployment.remove();

    expect(log()).toEqual([`deploy ${OF_STACK}`, `destroy ${OF_STACK}`]);
  });

  test('interrupted while it deploys, ends the deployment and destroys the stack', async () => {
    const deployment = deployed('HANG');
    const start = expect(deployment.start()).rejects.toThrow('the stack was removed while it was deployed');
    await until(() => log().length === 1);

    await deployment.remove();
    await start;

    expect(log()).toEqual([`deploy ${OF_STACK}`, 'ended', `destroy ${OF_STACK}`]);
  });

  test('removed before it was started, deploys nothing', async () => {
    const deployment = deployed('0');

    await deployment.remove();

    await expect(deployment.start()).rejects.toThrow('the stack was removed while it was deployed');
    expect(log()).toEqual([]);
  });

  test('says what is left and how to delete it when the stack cannot be destroyed', async () => {
    const deployment = deployed('0', '1');
    await deployment.start();

    await expect(deployment.remove()).rejects.toThrow(
      new RegExp(`^cdk destroy: got exit status 1, expected 0.\nWhat may be left is the stack [\\s\\S]*${DELETE}$`),
    );
  });
});

describe('npm run verify', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'verify-output-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('rehearses in the sandbox, prints the table and writes the file', async () => {
    const output = join(folder, 'results.json');
    const { status, stdout, stderr } = await run('verify', '--sandbox', '--output', output);
    const file = JSON.parse(readFileSync(output, 'utf8'));

    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Deploying the stack VerifyPasswordReset-[0-9a-f]{8} in the sandbox/);
    expect(stdout).toContain(`${EXPERIMENTS.length} agree, 0 differ, 0 not seen, 0 failed.`);
    for (const { assumption } of [...EXPERIMENTS, ...UNTESTED]) expect(stdout).toContain(assumption);
    expect(file).toMatchObject({ sandbox: true, region: 'us-east-1' });
    expect(file.results).toHaveLength(EXPERIMENTS.length);
    expect(status).toBe(0);
  });

  describeInSoak('when it is stopped,', () => {
    test('midway, removes everything and writes nothing', async () => {
      const output = join(folder, 'results.json');
      writeFileSync(output, 'earlier');
      const temporary = mkdtempSync(join(folder, 'temporary-'));
      const child = startWithTempFolder(temporary, 'verify', '--sandbox', '--output', output);
      const closed = once(child, 'close');
      let errors = '';
      child.stderr?.on('data', (chunk) => {
        errors += chunk;
      });
      await waitForOutput(child, /^Running \d+ experiments\.$/m);
      child.kill('SIGINT');
      const [status] = await closed;
      const written = readFileSync(output, 'utf8');

      expect(errors).toContain('Everything is removed.');
      expect(filesLeftBy(temporary)).toEqual([]);
      expect(written).toBe('earlier');
      expect(status).toBe(130);
    });
  });

  test('says what it makes and costs, and makes nothing without a yes', async () => {
    const { status, stdout, stderr } = await run('verify', '--region', 'eu-west-1');

    expect(stdout).toMatch(/in eu-west-1, this makes one stack, VerifyPasswordReset-/);
    expect(stdout).toMatch(/It costs less than/);
    expect(stderr).toContain('npm run verify: got no terminal to ask in, expected --yes');
    expect(status).toBe(2);
  });

  test.each([
    [['--region', 'europe'], '--region: got no AWS Region, expected one such as eu-west-1, here or in AWS_REGION'],
    [[], '--region: got no AWS Region, expected one such as eu-west-1, here or in AWS_REGION'],
    [['--sandbox', '--region', 'eu-west-1'], '--region: got a Region, expected none with --sandbox'],
    [['--region', 'eu-west-1', '--from', 'me'], '--from: got something else, expected an email address'],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args, {})).toThrow(message);
  });

  test('takes the Region of the environment', () => {
    expect(readArguments([], { AWS_REGION: 'eu-west-1' })).toMatchObject({ region: 'eu-west-1', sandbox: false });
  });
});

test('the policy in docs/verify.md names actions that AWS knows, and allows none without the name or the tag of the stack', async () => {
  const catalog = await ActionCatalog.load();
  const all = statements('');

  for (const action of all.flatMap(({ Action }) => Action)) expect(catalog.matching(action)).toEqual([action]);
  const wide = all.filter(
    ({ Resource, Condition }) =>
      Condition === undefined &&
      !/[:/](?:stack|role|function|log-group|stateMachine|execution)[:/]VerifyPasswordReset-/.test(Resource),
  );
  expect(wide.map(({ Sid }) => Sid)).toEqual(['WithoutResources', 'ExperimentsWithoutResources']);
  expect(JSON.stringify(all)).toContain(`aws:ResourceTag/${TAG}`);
});

interface PolicyStatement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition?: object;
}

/** The statements of the policy whose ids begin so. */
function statements(prefix: string): PolicyStatement[] {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page('docs/verify.md')) ?? [];
  const { Statement } = JSON.parse(json) as { Statement: PolicyStatement[] };
  return Statement.filter(({ Sid }) => Sid.startsWith(prefix));
}

function gitGrep(text: string, folder: string): string[] {
  const found = execFileSync('git', ['grep', '--untracked', '-l', text, '--', folder], { cwd: ROOT, encoding: 'utf8' });
  return found.trim().split('\n');
}
