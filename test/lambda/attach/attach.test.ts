import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  CognitoIdentityProviderClient,
  ConfirmForgotPasswordCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { Stack } from 'aws-cdk-lib';
import { UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Fault } from 'cloud-assembly-sandbox';
import { attach, detach, type Target } from '../../../lambda/attach/attachment';
import type { AttachmentError } from '../../../lambda/attach/attachment-error';
import type { Json } from '../../../lambda/attach/update-request';
import { RawUserPool } from '../../../lambda/attach/user-pool';
import { AdminPasswordReset, MessageCatalog, ResetMessages } from '../../../lib';
import { type Deployment, deploy, PASSWORD } from '../../support/deployment';

const ALWAYS = Number.POSITIVE_INFINITY;
const SMS_ROLE_ARN = 'arn:aws:iam::111122223333:role/of-somebody-else';

const handler = (stack: Stack, id: string) =>
  new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async (event) => event;'),
  });

/** A user pool that another stack owns. */
function define(stack: Stack): void {
  const owned = new UserPool(new Stack(stack.node.root, 'Owner'), 'Users', {
    signInAliases: { username: true, email: true },
    email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: 'us-east-1' }),
  });
  owned.addClient('Client', { authFlows: { userPassword: true } });
  const userPool = UserPool.fromUserPoolId(stack, 'Imported', owned.userPoolId);
  const messages = new ResetMessages(stack, 'Messages', {
    userPool,
    catalog: MessageCatalog.fromInline({
      defaultLocale: 'en',
      defaultTemplate: 'reset',
      templates: { reset: { en: { emailSubject: 'Ours', emailHtml: '<p>{{code}}</p>' } } },
    }),
    sendsThroughSes: true,
    caseSensitive: true,
    next: handler(stack, 'Next'),
    smsRole: Role.fromRoleArn(stack, 'SmsRole', SMS_ROLE_ARN),
    attach: true,
  });
  new AdminPasswordReset(stack, 'Reset', { userPool, messages });
  handler(stack, 'Other');
}

let deployment: Deployment;
let pool: RawUserPool;
let arns: { trigger: string; next: string; other: string };
let initial: Json;
const environment = { ...process.env };

beforeAll(async () => {
  // A second passes with each look at the clock, so that no quota is exceeded.
  let looks = 0;
  const begin = Date.now();
  const now = () => {
    looks += 1;
    return new Date(begin + looks * 1_000);
  };
  deployment = await deploy({ attach: true }, define, { now });
  const { sandbox } = deployment;
  const { userPools, functions } = sandbox.assembly;
  const named = (part: string) => functions.find(({ functionName }) => functionName.includes(part));
  const credentials = sandbox.credentialsOf(named('MessagesAttach')?.roleArn ?? '');
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  });
  pool = new RawUserPool(userPools[0]?.userPoolId ?? '', 'amazonaws.com');
  const trigger = functions.find(({ functionName }) => /Messages(?!Attach)/.test(functionName));
  arns = {
    trigger: trigger?.functionArn ?? '',
    next: named('Next')?.functionArn ?? '',
    other: named('Other')?.functionArn ?? '',
  };
  initial = userPools[0]?.properties ?? {};
});
afterAll(async () => {
  process.env = environment;
  await deployment.stop();
});
beforeEach(() => {
  deployment.sandbox.faults.clear();
  configure({});
});

/** Sets the user pool to what its template says, with these changes. */
function configure(changes: Record<string, unknown>): void {
  const { sandbox } = deployment;
  const present = sandbox.assembly.userPools[0]?.properties ?? {};
  const cleared = Object.fromEntries([...Object.keys(present), ...ADDED].map((name) => [name, undefined]));
  sandbox.cognito.configureUserPool(pool.id, { ...cleared, ...initial, ...changes });
  for (const name of Object.keys(changes)) ADDED.add(name);
}
const ADDED = new Set(['LambdaConfig', 'UserPoolTier']);

/** A clock that does not wait. */
function passingTime(seconds = 14 * 60) {
  let left = seconds * 1_000;
  return {
    remaining: () => left,
    wait: async (milliseconds: number) => {
      left -= milliseconds;
    },
  };
}

const target = (change: Partial<Target> = {}): Target => ({
  functionArn: arns.trigger,
  mayReplace: [arns.next],
  smsRoleArns: [SMS_ROLE_ARN],
  sendsThroughSes: true,
  caseSensitive: true,
  ...change,
});

async function stateOfPool(): Promise<Json> {
  const { LastModifiedDate: _, ...userPool } = await pool.describe();
  return { ...userPool, mfa: await pool.getMfaConfig() };
}

/** What the user pool is after a change of its trigger alone. */
const withTrigger = ({ LambdaConfig, ...state }: Json, CustomMessage?: string) => ({
  ...state,
  LambdaConfig: { ...(LambdaConfig as Json | undefined), ...(CustomMessage !== undefined && { CustomMessage }) },
});
const withoutTrigger = (state: Json) => {
  const { CustomMessage: _, ...LambdaConfig } = (state.LambdaConfig ?? {}) as Json;
  return { ...state, LambdaConfig };
};
/** A user pool without triggers may have an empty LambdaConfig or none. */
const normalized = (state: Json) => ({ ...state, LambdaConfig: state.LambdaConfig ?? {} });

const errorOf = (work: Promise<unknown>): Promise<AttachmentError> =>
  work.then(
    () => {
      throw new Error('expected a failure');
    },
    (error) => error,
  );

/** All but the custom senders, which need a key. */
const ALL_TRIGGERS = [
  'PreSignUp',
  'PostConfirmation',
  'PreAuthentication',
  'PostAuthentication',
  'DefineAuthChallenge',
  'CreateAuthChallenge',
  'VerifyAuthChallengeResponse',
  'PreTokenGeneration',
  'UserMigration',
];

/** Kinds of user pools, by what is special about them. */
const KINDS: readonly [string, () => Record<string, unknown>][] = [
  ['no settings', () => ({})],
  [
    'SMS by Amazon SNS',
    () => ({ SmsConfiguration: { SnsCallerArn: SMS_ROLE_ARN, ExternalId: 'id', SnsRegion: 'us-east-1' } }),
  ],
  [
    'SMS by AWS End User Messaging',
    () => ({
      SmsConfiguration: {
        EumsSms: {
          CallerArn: SMS_ROLE_ARN,
          ExternalId: 'id',
          OriginationIdentity: 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-1',
        },
      },
    }),
  ],
  ['TOTP only, required', () => ({ MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] })],
  [
    'MFA by email and TOTP, optional',
    () => ({
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['EMAIL_OTP', 'SOFTWARE_TOKEN_MFA'],
      UserPoolTier: 'ESSENTIALS',
    }),
  ],
  ['passkeys', () => ({ WebAuthnRelyingPartyID: 'example.com', WebAuthnUserVerification: 'required' })],
  [
    'both day fields',
    () => ({ AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 7 } }),
  ],
  ['the tier LITE', () => ({ UserPoolTier: 'LITE' })],
  [
    'the tier PLUS, with advanced security',
    () => ({ UserPoolTier: 'PLUS', UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' } }),
  ],
  ['dynamic client registration off', () => ({ DcrConfiguration: { EnableStatus: 'Disabled' } })],
  [
    'device settings',
    () => ({ DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: false } }),
  ],
  ['a domain and a custom domain', () => ({ Domain: 'users', CustomDomain: 'users.example.com' })],
  ['deletion protection', () => ({ DeletionProtection: 'ACTIVE' })],
  ['tags', () => ({ UserPoolTags: { team: 'a', 'aws:cloudformation:stack-name': 'Owner' } })],
  ['other triggers', () => ({ LambdaConfig: Object.fromEntries(ALL_TRIGGERS.map((name) => [name, arns.other])) })],
  [
    'attribute settings',
    () => ({
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    }),
  ],
  [
    'a policy of its own',
    () => ({ Policies: { PasswordPolicy: { MinimumLength: 12, TemporaryPasswordValidityDays: 3 } } }),
  ],
  [
    'recovery by phone',
    () => ({ AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_phone_number', Priority: 1 }] } }),
  ],
  [
    'messages of its own',
    () => ({
      EmailVerificationMessage: undefined,
      EmailVerificationSubject: undefined,
      SmsVerificationMessage: undefined,
      VerificationMessageTemplate: {
        DefaultEmailOption: 'CONFIRM_WITH_LINK',
        EmailSubjectByLink: 'Confirm',
        EmailMessageByLink: '{##here##}',
      },
    }),
  ],
];

describe('a user pool with', () => {
  test.each(KINDS)(
    '%s differs in the trigger alone after attaching, and in nothing after detaching',
    async (_, changes) => {
      configure(changes());
      const before = normalized(await stateOfPool());

      expect(await attach(pool, target(), passingTime())).toBeUndefined();
      expect(await stateOfPool()).toEqual(withTrigger(before, arns.trigger));

      await detach(pool, { ...target(), restore: undefined }, passingTime());
      expect(normalized(await stateOfPool())).toEqual(before);
    },
  );
});

describe('the whole story of a reset', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['with attach', () => attach(pool, target(), passingTime())],
    ['by hand', async () => configure({ LambdaConfig: { CustomMessage: arns.trigger } })],
  ])('%s: Cognito’s own message before, the catalog’s afterwards, and a new password', async (way, setTrigger) => {
    const { sandbox } = deployment;
    const username = way.replace(' ', '-');
    const attributes = { email: `${username}@example.com`, email_verified: 'true' };
    await sandbox.cognito.addUser({ userPoolId: pool.id, username, password: PASSWORD, attributes });
    const reset = sandbox.assembly.functions.find(({ functionName }) => functionName.includes('Reset'));
    const client = new CognitoIdentityProviderClient({ endpoint: sandbox.endpoint, region: 'us-east-1' });
    const ClientId = sandbox.assembly.userPools[0]?.clients[0]?.clientId;
    const signIn = (password: string) =>
      client.send(
        new InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: username, PASSWORD: password },
        }),
      );

    await sandbox.lambda.invoke(reset?.functionArn ?? '', { username });
    expect(sandbox.messages.at(-1)).toMatchObject({ origin: 'DEFAULT' });

    await setTrigger();
    const { payload } = await sandbox.lambda.invoke(reset?.functionArn ?? '', { username });
    expect(payload).toMatchObject({ status: 'RESET_REQUIRED' });
    expect(sandbox.messages.at(-1)).toMatchObject({ origin: 'TRIGGER', subject: 'Ours' });
    await expect(signIn(PASSWORD)).rejects.toMatchObject({ name: 'PasswordResetRequiredException' });

    const ConfirmationCode = /\d{6}/.exec(sandbox.messages.at(-1)?.body ?? '')?.[0] ?? '';
    const Password = 'New-password-2';
    await client.send(new ConfirmForgotPasswordCommand({ ClientId, Username: username, ConfirmationCode, Password }));
    await expect(signIn(Password)).resolves.toMatchObject({ AuthenticationResult: { TokenType: 'Bearer' } });
    client.destroy();
  });
});

describe('attaching', () => {
  test('fails before it changes anything when the key of a custom sender needs a permission', async () => {
    const sender = { LambdaVersion: 'V1_0', LambdaArn: arns.other };
    const KMSKeyID = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    configure({ LambdaConfig: { CustomEmailSender: sender, KMSKeyID } });
    const before = await stateOfPool();

    const error = await errorOf(attach(pool, target(), passingTime()));

    expect(error.message).toMatch(/^the user pool: UpdateUserPool failed with AccessDeniedException: check /);
    expect(error.written).toBe(false);
    expect(await stateOfPool()).toEqual(before);
  });

  test('takes the place of next, and detaching puts it back', async () => {
    configure({ LambdaConfig: { CustomMessage: arns.next, PreSignUp: arns.other } });

    expect(await attach(pool, target(), passingTime())).toBe(arns.next);
    await detach(pool, { ...target(), restore: arns.next }, passingTime());

    expect((await pool.describe()).LambdaConfig).toEqual({ CustomMessage: arns.next, PreSignUp: arns.other });
  });

  test('is done already when the function is the trigger', async () => {
    configure({ LambdaConfig: { CustomMessage: arns.trigger } });
    const updates = deployment.sandbox.countCalls('UpdateUserPool');

    await attach(pool, target(), passingTime());

    expect(deployment.sandbox.countCalls('UpdateUserPool')).toBe(updates);
  });

  test.each<[string, () => Record<string, unknown>, Partial<Target>, RegExp]>([
    [
      'another trigger',
      () => ({ LambdaConfig: { CustomMessage: arns.other } }),
      {},
      /^the user pool: got another custom message trigger, expected none, because a user pool has only one: pass it to ResetMessages as next/,
    ],
    [
      'an SMS role that was not given',
      () => ({ SmsConfiguration: { SnsCallerArn: SMS_ROLE_ARN, ExternalId: 'id' } }),
      { smsRoleArns: [] },
      /^the user pool: got the SMS role arn:aws:iam::111122223333:role\/of-somebody-else, expected it in ResetMessages, .*: add smsRole: Role\.fromRoleArn\(this, 'SmsRole', 'arn:aws:iam::111122223333:role\/of-somebody-else'\)$/,
    ],
    [
      'Amazon SES, unexpectedly',
      () => ({}),
      { sendsThroughSes: false },
      /^sendsThroughSes: got false in ResetMessages, expected true, as the user pool has it: correct it$/,
    ],
    [
      "Cognito's sender, unexpectedly",
      () => ({ EmailConfiguration: undefined }),
      {},
      /^sendsThroughSes: got true in ResetMessages, expected false, as the user pool has it: correct it$/,
    ],
    [
      'names in any case, unexpectedly',
      () => ({ UsernameConfiguration: { CaseSensitive: false } }),
      {},
      /^caseSensitive: got true in ResetMessages, expected false, as the user pool has it: correct it$/,
    ],
  ])('refuses a user pool with %s, before it writes', async (_, changes, change, problem) => {
    configure(changes());
    const before = await stateOfPool();

    const error = await errorOf(attach(pool, target(change), passingTime()));

    expect(error.message).toMatch(problem);
    expect(error.written).toBe(false);
    expect(await stateOfPool()).toEqual(before);
  });
});

describe('detaching', () => {
  test.each<[string, () => Record<string, unknown>]>([
    ['there is another trigger by now', () => ({ LambdaConfig: { CustomMessage: arns.other } })],
    ['there is no trigger by now', () => ({ LambdaConfig: { PreSignUp: arns.other } })],
  ])('does nothing when %s', async (_, changes) => {
    configure(changes());
    const before = await stateOfPool();

    await detach(pool, { ...target(), restore: arns.next }, passingTime());

    expect(await stateOfPool()).toEqual(before);
  });

  test('does nothing when the user pool was deleted', async () => {
    const gone = new RawUserPool('us-east-1_Deleted00', 'amazonaws.com');
    const { AWS_ACCESS_KEY_ID } = process.env;
    // The role may read its own user pool alone.
    process.env.AWS_ACCESS_KEY_ID = 'developer';

    await detach(gone, { ...target(), restore: undefined }, passingTime());

    process.env.AWS_ACCESS_KEY_ID = AWS_ACCESS_KEY_ID;
  });
});

const OPERATIONS = ['DescribeUserPool', 'GetUserPoolMfaConfig', 'UpdateUserPool'];
const TEMPORARY: readonly Fault['instead'][] = [
  { status: 400, name: 'TooManyRequestsException' },
  { status: 400, name: 'ConcurrentModificationException' },
  { status: 400, name: 'UserImportInProgressException' },
  { status: 500, name: 'InternalErrorException' },
  'cut-before',
  'cut-after',
  'garbage',
];
const nameOf = (instead: Fault['instead']) => (typeof instead === 'object' ? instead.name : instead);
const CASES = OPERATIONS.flatMap((operation) =>
  TEMPORARY.map((instead) => ({ operation, instead, fault: `${nameOf(instead)}` })),
);

describe('a fault of a call', () => {
  test.each(CASES)('is waited out: $operation, $fault, twice', async ({ operation, instead }) => {
    const before = normalized(await stateOfPool());
    deployment.sandbox.faults.add({ operation, times: 2, instead });

    await attach(pool, target(), passingTime());
    expect(await stateOfPool()).toEqual(withTrigger(before, arns.trigger));

    deployment.sandbox.faults.add({ operation, times: 2, instead });
    await detach(pool, { ...target(), restore: undefined }, passingTime());
    expect(normalized(await stateOfPool())).toEqual(before);
  });

  test.each(['cut-after', 'garbage'] as const)(
    'of UpdateUserPool whose write is seen afterwards is none: %s',
    async (instead) => {
      const before = normalized(await stateOfPool());
      deployment.sandbox.faults.add({ operation: 'UpdateUserPool', times: ALWAYS, instead });

      await attach(pool, target(), passingTime());

      deployment.sandbox.faults.clear();
      expect(await stateOfPool()).toEqual(withTrigger(before, arns.trigger));
    },
  );

  const ENDLESS = CASES.filter(
    ({ operation, fault }) => operation !== 'UpdateUserPool' || !['cut-after', 'garbage'].includes(fault),
  );
  const WAYS: readonly [string, string | undefined, () => Promise<unknown>][] = [
    ['attaching', undefined, () => attach(pool, target(), passingTime())],
    ['updating', 'other', () => attach(pool, target({ mayReplace: [arns.other] }), passingTime())],
    ['detaching', 'trigger', () => detach(pool, { ...target(), restore: undefined }, passingTime())],
  ];
  describe.each(WAYS)('that does not end leaves everything else as it was, %s:', (_, present, work) => {
    test.each(ENDLESS)('$operation, $fault', async ({ operation, instead }) => {
      const CustomMessage = present === undefined ? undefined : arns[present as keyof typeof arns];
      configure({ LambdaConfig: { PreSignUp: arns.next, ...(CustomMessage !== undefined && { CustomMessage }) } });
      const before = await stateOfPool();
      deployment.sandbox.faults.add({ operation, times: ALWAYS, instead });

      const error = await errorOf(work());

      deployment.sandbox.faults.clear();
      expect(error.message).toMatch(/^the user pool: it could not be written in time, because .*: deploy again later$/);
      const after = await stateOfPool();
      expect(withoutTrigger(after)).toEqual(withoutTrigger(before));
      // What may have been written must be detached before the function is deleted.
      if (JSON.stringify(after) !== JSON.stringify(before)) expect(error.written).toBe(true);
    });
  });

  test.each([
    'AccessDeniedException',
    'NotAuthorizedException',
    'InvalidParameterException',
    'InvalidSmsRoleAccessPolicyException',
    'FeatureUnavailableInTierException',
    'UserPoolTaggingException',
  ])('of UpdateUserPool that no retry lifts is final, and nothing was written: %s', async (name) => {
    const before = await stateOfPool();
    deployment.sandbox.faults.add({ operation: 'UpdateUserPool', times: ALWAYS, instead: { status: 400, name } });

    const error = await errorOf(attach(pool, target(), passingTime()));

    expect(error.message).toContain(`the user pool: UpdateUserPool failed with ${name}: `);
    expect(error.written).toBe(false);
    expect(await stateOfPool()).toEqual(before);
  });

  test('is not waited out for longer than the function has', async () => {
    const error = await errorOf(attach(pool, target(), passingTime(100)));

    expect(error.message).toMatch(/^the user pool: it could not be written in time/);
    expect(deployment.sandbox.countCalls('UpdateUserPool')).toBeGreaterThanOrEqual(0);
    expect((await pool.describe()).LambdaConfig ?? {}).toEqual({});
  });
});

describe('somebody else who writes the user pool', () => {
  /** Changes the user pool after so many calls of DescribeUserPool. */
  class Meddled extends RawUserPool {
    reads = 0;
    constructor(private readonly meddle: (reads: number) => void) {
      super(pool.id, 'amazonaws.com');
    }
    override async describe(): Promise<Json> {
      const answer = await super.describe();
      this.reads += 1;
      this.meddle(this.reads);
      return answer;
    }
  }

  test('between the two reads makes it begin anew, with what was written', async () => {
    const meddled = new Meddled((reads) => {
      if (reads === 1) configure({ MfaConfiguration: 'OPTIONAL', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] });
    });

    await attach(meddled, target(), passingTime());

    expect(await pool.describe()).toMatchObject({
      MfaConfiguration: 'OPTIONAL',
      LambdaConfig: { CustomMessage: arns.trigger },
    });
  });

  test('right after the write is named, and nothing is repaired', async () => {
    const meddled = new RawUserPool(pool.id, 'amazonaws.com');
    const { update } = meddled;
    meddled.update = async (request) => {
      await update.call(meddled, request);
      configure({ LambdaConfig: { CustomMessage: arns.trigger }, DeletionProtection: 'ACTIVE' });
    };
    const updates = deployment.sandbox.countCalls('UpdateUserPool');

    const error = await errorOf(attach(meddled, target(), passingTime()));

    expect(error.message).toMatch(/^the user pool: got a change of DeletionProtection after it was written, /);
    expect(error.written).toBe(true);
    expect(deployment.sandbox.countCalls('UpdateUserPool')).toBe(updates + 1);
  });
});

describe('the custom resource', () => {
  let responses: Json[];
  let server: Server;
  beforeEach(async () => {
    responses = [];
    server = createServer(async (request, response) => {
      responses.push(JSON.parse(await text(request)));
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterEach(() => new Promise((closed) => server.close(closed)));

  async function send(event: object, properties: object = {}): Promise<Json> {
    const { sandbox } = deployment;
    const attaching = sandbox.assembly.functions.find(({ functionName }) => functionName.includes('MessagesAttach'));
    await sandbox.lambda.invoke(attaching?.functionArn ?? '', {
      ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Stack/1',
      RequestId: 'request-1',
      LogicalResourceId: 'Attach',
      ResourceProperties: {
        UserPoolId: pool.id,
        FunctionArn: arns.trigger,
        NextFunctionArn: arns.next,
        SmsRoleArns: [SMS_ROLE_ARN],
        SendsThroughSes: 'true',
        CaseSensitive: 'true',
        ...properties,
      },
      ...event,
    });
    return responses.at(-1) ?? {};
  }

  test('attaches at creation, keeps its id at an update, and detaches at deletion', async () => {
    const created = await send({ RequestType: 'Create' });
    expect(created).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: `${pool.id}/custom-message` });
    expect((await pool.describe()).LambdaConfig).toEqual({ CustomMessage: arns.trigger });

    const { PhysicalResourceId } = created;
    const old = { FunctionArn: arns.trigger };
    const updated = await send(
      { RequestType: 'Update', PhysicalResourceId, OldResourceProperties: old },
      { FunctionArn: arns.other },
    );
    expect(updated).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId });
    expect((await pool.describe()).LambdaConfig).toEqual({ CustomMessage: arns.other });

    expect(await send({ RequestType: 'Delete', PhysicalResourceId }, { FunctionArn: arns.other })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId,
    });
    expect((await pool.describe()).LambdaConfig ?? {}).toEqual({});
  });

  test('puts next back at deletion, if it was there', async () => {
    configure({ LambdaConfig: { CustomMessage: arns.next } });
    const { PhysicalResourceId } = await send({ RequestType: 'Create' });

    await send({ RequestType: 'Delete', PhysicalResourceId });

    expect((await pool.describe()).LambdaConfig).toEqual({ CustomMessage: arns.next });
  });

  test('detaches nothing after a creation that was refused', async () => {
    configure({ LambdaConfig: { CustomMessage: arns.other } });
    const failed = await send({ RequestType: 'Create' });
    expect(failed).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^the user pool: got another/) });

    const { PhysicalResourceId } = failed;
    const reads = deployment.sandbox.countCalls('DescribeUserPool');
    expect(await send({ RequestType: 'Delete', PhysicalResourceId })).toMatchObject({ Status: 'SUCCESS' });

    expect(deployment.sandbox.countCalls('DescribeUserPool')).toBe(reads);
    expect((await pool.describe()).LambdaConfig).toEqual({ CustomMessage: arns.other });
  });

  test('fails the deletion when it cannot detach', async () => {
    const { PhysicalResourceId } = await send({ RequestType: 'Create' });
    const denied = { status: 400, name: 'AccessDeniedException' };
    deployment.sandbox.faults.add({ operation: 'UpdateUserPool', times: ALWAYS, instead: denied });

    expect(await send({ RequestType: 'Delete', PhysicalResourceId })).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId,
      Reason: expect.stringMatching(/^the user pool: UpdateUserPool failed with AccessDeniedException: check /),
    });
  });
});
