import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Stack } from 'aws-cdk-lib';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnPermission, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Deployment } from '../../../src/testing';

const directory = mkdtempSync(join(tmpdir(), 'update-user-pool-'));
afterAll(() => rmSync(directory, { recursive: true }));

const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
const KEY = 'arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const NUMBER = `arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-${'0'.repeat(32)}`;
const SES = {
  EmailSendingAccount: 'DEVELOPER',
  SourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/example.com',
} as const;
const TRIGGER =
  "exports.handler = async (e) => ({ ...e, response: { emailSubject: 'S', emailMessage: 'Hello {####}', smsMessage: 'Hello {####}' } });";

const allow = (Action: string, Resource: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const UPDATE = allow('cognito-idp:UpdateUserPool', '*');
const PASSED = { StringEquals: { 'iam:PassedToService': 'cognito-idp.amazonaws.com' } };

/** The callers by the name of their role, with the statements of their policies. */
const CALLERS = {
  updater: [UPDATE],
  passer: [UPDATE, allow('iam:PassRole', roleArn('sms-*'), PASSED)],
  lambdaPasser: [
    UPDATE,
    allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }),
  ],
  otherPasser: [UPDATE, allow('iam:PassRole', roleArn('another'))],
  denied: [
    UPDATE,
    allow('iam:PassRole', '*'),
    { Effect: 'Deny', Action: 'iam:PassRole', Resource: '*', Condition: PASSED },
  ],
  granter: [
    UPDATE,
    allow('kms:CreateGrant', KEY, { StringLike: { 'kms:EncryptionContext:userpool-id': 'us-east-1_*' } }),
  ],
  otherGranter: [
    UPDATE,
    allow('kms:CreateGrant', KEY, { StringEquals: { 'kms:EncryptionContext:userpool-id': 'us-east-1_None' } }),
  ],
  reader: [allow('cognito-idp:DescribeUserPool', '*'), allow('cognito-idp:GetUserPoolMfaConfig', '*')],
} as const;

/** The roles for SMS messages by name: the principal that they trust, and what they may do. */
const SMS_ROLES = {
  'sms-sns': ['cognito-idp.amazonaws.com', allow('sns:Publish', '*')],
  'sms-direct': ['cognito-idp.amazonaws.com', allow('sms-voice:SendTextMessage', NUMBER)],
  'sms-untrusting': ['lambda.amazonaws.com', allow('sns:Publish', '*')],
  'sms-powerless': ['cognito-idp.amazonaws.com', allow('sns:Subscribe', '*')],
} as const;

function define(stack: Stack): void {
  const role = (roleName: string, service: string, statements: readonly object[], condition?: object) =>
    new CfnRole(stack, roleName, {
      roleName,
      assumeRolePolicyDocument: {
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service }, Condition: condition },
        ],
      },
      policies: [{ policyName: 'Own', policyDocument: { Statement: statements } }],
    });
  for (const [name, statements] of Object.entries(CALLERS)) role(name, 'lambda.amazonaws.com', statements);
  for (const [name, [service, statement]] of Object.entries(SMS_ROLES)) {
    role(name, service, [statement], { StringEquals: { 'sts:ExternalId': 'external' } });
  }
  const pool = new CfnUserPool(stack, 'Pool', {
    emailConfiguration: { emailSendingAccount: SES.EmailSendingAccount, sourceArn: SES.SourceArn },
  });
  for (const functionName of ['permitted', 'unpermitted']) {
    new LambdaFunction(stack, functionName, {
      functionName,
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline(TRIGGER),
    });
  }
  new CfnPermission(stack, 'Permission', {
    action: 'lambda:InvokeFunction',
    functionName: functionArn('permitted'),
    principal: 'cognito-idp.amazonaws.com',
    sourceArn: pool.attrArn,
  });
}

let deployment: Deployment;
let userPoolId: string;

beforeAll(() => Deployment.synthesize(define, directory));
beforeEach(async () => {
  deployment = await Deployment.run(directory);
  userPoolId = deployment.sandbox.assembly.userPools[0]?.userPoolId ?? '';
});
afterEach(() => deployment.stop());

/** A client with the access keys of a role; without one, those of the developer. */
function clientOf(role?: keyof typeof CALLERS): CognitoIdentityProviderClient {
  const developer = { accessKeyId: 'developer', secretAccessKey: 'developer' };
  const credentials = role === undefined ? developer : deployment.sandbox.credentialsOf(roleArn(role));
  const { endpoint } = deployment.sandbox;
  return new CognitoIdentityProviderClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
}

const update = (settings: Omit<UpdateUserPoolCommandInput, 'UserPoolId'>, role?: keyof typeof CALLERS) =>
  clientOf(role).send(new UpdateUserPoolCommand({ UserPoolId: userPoolId, ...settings }));

const described = async () => (await clientOf().send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }))).UserPool;

const sns = (name: string, ExternalId = 'external') => ({ SnsCallerArn: roleArn(name), ExternalId });
const direct = (OriginationIdentity?: string) => ({
  EumsSms: { CallerArn: roleArn('sms-direct'), ExternalId: 'external', OriginationIdentity },
});

describe('who gives a user pool an SMS configuration', () => {
  test.each([
    ['Amazon SNS', sns('sms-sns'), 'sms-sns'],
    ['AWS End User Messaging SMS', direct(NUMBER), 'sms-direct'],
  ])('needs iam:PassRole for its role, with %s', async (_name, SmsConfiguration, role) => {
    for (const caller of ['updater', 'lambdaPasser', 'otherPasser', 'denied'] as const) {
      await expect(update({ SmsConfiguration }, caller)).rejects.toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining(`is not authorized to perform: iam:PassRole on resource: ${roleArn(role)}`),
      });
    }
    expect((await described())?.SmsConfiguration).toBeUndefined();

    await update({ SmsConfiguration }, 'passer');
    expect((await described())?.SmsConfiguration).toEqual(SmsConfiguration);
  });

  test('needs no other permission when there is none', async () => {
    await expect(update({}, 'updater')).resolves.toBeDefined();
    await expect(update({}, 'reader')).rejects.toMatchObject({
      message: expect.stringContaining('cognito-idp:UpdateUserPool'),
    });
  });

  test.each<[string, UpdateUserPoolCommandInput['SmsConfiguration'], string]>([
    ['does not trust Cognito', sns('sms-untrusting'), 'InvalidSmsRoleTrustRelationshipException'],
    ['expects another external id', sns('sms-sns', 'wrong'), 'InvalidSmsRoleTrustRelationshipException'],
    ['may not publish', sns('sms-powerless'), 'InvalidSmsRoleAccessPolicyException'],
    ['may not send from any identity', direct(), 'InvalidSmsRoleAccessPolicyException'],
    ['may send from another identity', direct(`${NUMBER.slice(0, -1)}1`), 'InvalidSmsRoleAccessPolicyException'],
  ])('is refused a role that %s', async (_name, SmsConfiguration, name) => {
    await expect(update({ SmsConfiguration })).rejects.toMatchObject({ name });
    expect((await described())?.SmsConfiguration).toBeUndefined();
  });

  test('can name a role that is not in this app', async () => {
    await expect(update({ SmsConfiguration: sns('elsewhere') })).resolves.toBeDefined();
  });
});

test('who gives a user pool a custom sender trigger needs kms:CreateGrant for its key and the user pool', async () => {
  const LambdaConfig = {
    KMSKeyID: KEY,
    CustomEmailSender: { LambdaVersion: 'V1_0', LambdaArn: functionArn('permitted') },
  } as const;
  for (const caller of ['updater', 'otherGranter'] as const) {
    await expect(update({ LambdaConfig }, caller)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`is not authorized to perform: kms:CreateGrant on resource: ${KEY}`),
    });
  }
  await expect(update({ LambdaConfig }, 'granter')).resolves.toBeDefined();
});

test('GetUserPoolMfaConfig and DescribeUserPool need a permission for the user pool', async () => {
  for (const command of [GetUserPoolMfaConfigCommand, DescribeUserPoolCommand]) {
    const send = (caller: keyof typeof CALLERS) => clientOf(caller).send(new command({ UserPoolId: userPoolId }));
    await expect(send('updater')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(send('reader')).resolves.toBeDefined();
  }
});

describe('a custom message trigger that UpdateUserPool sets', () => {
  async function reset(): Promise<void> {
    await deployment.sandbox.cognito.addUser({
      userPoolId,
      username: 'jane',
      attributes: { email: 'jane@example.com', email_verified: 'true' },
    });
    await clientOf().send(new AdminResetUserPasswordCommand({ UserPoolId: userPoolId, Username: 'jane' }));
  }

  test('writes the messages', async () => {
    await update({ LambdaConfig: { CustomMessage: functionArn('permitted') }, EmailConfiguration: SES });
    await reset();
    expect(deployment.sandbox.messages.map(({ body }) => body)).toEqual([expect.stringMatching(/^Hello \d{6}$/)]);
  });

  test.each([
    ['whose resource policy does not allow Cognito', 'unpermitted'],
    ['that does not exist', 'none'],
  ])('fails a reset when it is a function %s', async (_name, functionName) => {
    await update({ LambdaConfig: { CustomMessage: functionArn(functionName) }, EmailConfiguration: SES });
    await expect(reset()).rejects.toMatchObject({ name: 'UnexpectedLambdaException' });
    expect(deployment.sandbox.messages).toEqual([]);
  });
});

test.each(['ConcurrentModificationException', 'UserImportInProgressException', 'TooManyRequestsException'])(
  'a fault makes UpdateUserPool fail with %s once, without a change',
  async (name) => {
    deployment.sandbox.faults.add({ operation: 'UpdateUserPool', instead: { status: 400, name } });
    await expect(update({ PoolName: 'people' })).rejects.toMatchObject({ name });
    expect((await described())?.Name).not.toBe('people');
    await update({ PoolName: 'people' });
    expect((await described())?.Name).toBe('people');
  },
);
