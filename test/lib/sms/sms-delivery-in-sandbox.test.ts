import {
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import {
  OriginationNumberType,
  OriginationPhoneNumber,
  OriginationPool,
  OriginationSenderId,
  SmsDelivery,
  SmsReadiness,
  SnsSmsDelivery,
} from '../../../lib';
import type { SmsReadinessReport } from '../../../lib/contract/sms';
import { Deployment } from '../../support/deployment';

const TO = '+447700900123';
const NUMBER_ARN = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef';

/** Two user pools, one for each construct, with the id of each as an output, and a third one with a pool of identities. */
function define(stack: Stack): void {
  const pool = (id: string) => {
    const recoveryMechanisms = [{ name: 'verified_phone_number', priority: 1 }];
    const userPool = new CfnUserPool(stack, id, { accountRecoverySetting: { recoveryMechanisms } });
    new CfnOutput(stack, `${id}Id`, { value: userPool.ref });
    return userPool;
  };
  const origination = OriginationPhoneNumber.fromPhoneNumberArn(stack, 'Number', NUMBER_ARN);
  new SmsDelivery(stack, 'DirectSms', { userPool: pool('Direct'), origination });
  new SnsSmsDelivery(stack, 'SnsSms', { userPool: pool('Sns') });

  const messages = { helpMessage: 'Example: help at example.com', stopMessage: 'Example: no more messages' };
  const identities = [
    ...['First', 'Second'].map(
      (id) =>
        new OriginationPhoneNumber(stack, id, {
          isoCountryCode: 'US',
          numberType: OriginationNumberType.TOLL_FREE,
          ...messages,
        }),
    ),
    new OriginationSenderId(stack, 'SenderId', { senderId: 'EXAMPLE', isoCountryCode: 'GB' }),
  ];
  const several = new OriginationPool(stack, 'Several', { ...messages, identities });
  const delivery = new SmsDelivery(stack, 'PoolSms', { userPool: pool('Pool'), origination: several });
  const { lambdaFunction } = new SmsReadiness(stack, 'Readiness', { delivery });
  new CfnOutput(stack, 'ReadinessName', { value: lambdaFunction.functionName });
}

let deployment: Deployment;

beforeAll(async () => {
  deployment = await Deployment.start(define);
});
afterAll(() => deployment.stop());

test.each([
  ['SmsDelivery', 'Direct', { originationIdentity: NUMBER_ARN, smsPath: 'END_USER_MESSAGING' }],
  // Amazon SNS has no origination identity for this country.
  ['SnsSmsDelivery', 'Sns', { originationIdentity: 'chosen by Amazon SNS', smsPath: 'SNS' }],
])('%s makes Cognito in the sandbox send the SMS message of a reset on its path', async (_, pool, route) => {
  const { sandbox } = deployment;
  const userPoolId = sandbox.assembly.outputs[`${pool}Id`] ?? '';
  const attributes = { phone_number: TO, phone_number_verified: 'true' };
  await sandbox.cognito.addUser({ userPoolId, username: 'user', attributes });
  const cognito = new CognitoIdentityProviderClient({
    endpoint: sandbox.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'developer', secretAccessKey: 'developer' },
  });

  await cognito.send(new AdminResetUserPasswordCommand({ UserPoolId: userPoolId, Username: 'user' }));

  expect(sandbox.messages.at(-1)).toMatchObject({ channel: 'SMS', destination: TO, ...route });
});

test('SmsReadiness describes a pool, its numbers and its sender ID with calls that the sandbox accepts', async () => {
  const { sandbox } = deployment;
  const { payload } = await sandbox.lambda.invoke(sandbox.assembly.outputs.ReadinessName ?? '', {});

  const { checks } = payload as SmsReadinessReport;
  expect(checks.find(({ name }) => name === 'originationIdentity')).toMatchObject({ status: 'PASSED' });
});
