import {
  AdminResetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { CfnUserPool } from 'aws-cdk-lib/aws-cognito';
import { OriginationPhoneNumber, SmsDelivery, SnsSmsDelivery } from '../../../lib';
import { Deployment } from '../../support/deployment';

const TO = '+447700900123';
const NUMBER_ARN = 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef';

/** Two user pools, one for each construct, with the id of each as an output. */
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
