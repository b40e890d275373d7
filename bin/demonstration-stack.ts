import { join } from 'node:path';
import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AccountRecovery, type IUserPool, Mfa, UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import {
  AdminPasswordReset,
  BulkPasswordReset,
  type ISmsDelivery,
  MessageCatalog,
  OriginationPhoneNumber,
  ResetMessages,
  SmsDelivery,
  SmsReadiness,
  SnsSmsDelivery,
} from '../lib';

/** The message catalog. `npm run preview -- bin/messages` shows it. */
const MESSAGES = join(__dirname, 'messages');

export interface DemonstrationStackProps extends StackProps {
  /**
   * The id of an existing user pool.
   *
   * @default - a new user pool with one app client
   */
  readonly userPoolId?: string;

  /**
   * The address that the new user pool sends email messages from, through Amazon SES in the Region of the stack. It must
   * be verified there. Cognito sends the email messages of the catalog only through Amazon SES.
   *
   * @default - Cognito's default email sender, which sends Cognito's own email messages
   */
  readonly fromEmail?: string;

  /**
   * The ARN of a phone number in the Region of the stack. The new user pool sends SMS messages from it, and users can
   * sign in with a phone number.
   *
   * @default - no SMS messages, because a phone number costs money
   */
  readonly originationIdentityArn?: string;

  /**
   * `true` lets the new user pool send SMS messages through Amazon SNS, which selects the phone number.
   *
   * @default - not through Amazon SNS
   */
  readonly snsSms?: string;

  /**
   * `false` lets users stay signed in when they are reset.
   *
   * @default - a reset revokes the tokens of the user
   */
  readonly globalSignOut?: string;

  /**
   * The maximum rate of a campaign, in resets per second.
   *
   * @default - 10
   */
  readonly maxResetsPerSecond?: string;

  /**
   * `true` allows a `maxResetsPerSecond` up to Cognito's whole quota.
   *
   * @default - a part of the quota is left for users who enter their code
   */
  readonly useWholeQuota?: string;

  /**
   * The prefix of SSM parameters with the ARNs of the function and of the state machines, such as `/passwords`.
   *
   * @default - the ARNs are outputs only
   */
  readonly parameterPrefix?: string;
}

/** Shows the features of the library, with a new user pool or with an existing one. */
export class DemonstrationStack extends Stack {
  constructor(scope: Construct, id: string, props: DemonstrationStackProps) {
    super(scope, id, props);
    const attached = props.userPoolId !== undefined;
    const sendsSms = props.originationIdentityArn !== undefined || parseBoolean('snsSms', props.snsSms);
    if (attached && sendsSms) {
      throw new Error(
        'userPoolId: got an id together with originationIdentityArn or snsSms, expected only one of them: set up the SMS messages of an existing user pool where the user pool is created',
      );
    }
    if (attached && props.fromEmail !== undefined) {
      throw new Error(
        'fromEmail: got an address together with userPoolId, expected only one of them: set the sender of an existing user pool where the user pool is created',
      );
    }
    const userPool = attached
      ? UserPool.fromUserPoolId(this, 'Users', parseUserPoolId(props.userPoolId))
      : this.createUserPool(props.fromEmail, sendsSms);
    const smsReadiness = sendsSms
      ? new SmsReadiness(this, 'SmsReadiness', { delivery: this.deliverSms(userPool, props) })
      : undefined;
    // A trigger can be added only in the stack that creates the user pool.
    const messages = attached
      ? undefined
      : new ResetMessages(this, 'Messages', { userPool, catalog: MessageCatalog.fromDirectory(MESSAGES) });

    const { parameterPrefix } = props;
    const reset = new AdminPasswordReset(this, 'Reset', {
      userPool,
      messages,
      globalSignOut: props.globalSignOut === undefined || parseBoolean('globalSignOut', props.globalSignOut),
      idempotency: true,
      parameterPrefix,
    });
    const bulk = new BulkPasswordReset(this, 'Bulk', {
      passwordReset: reset,
      smsReadiness,
      maxResetsPerSecond: parseNumber('maxResetsPerSecond', props.maxResetsPerSecond),
      useWholeQuota: parseBoolean('useWholeQuota', props.useWholeQuota),
      parameterPrefix,
    });

    acknowledgeOptions(this);
    const { functionName, functionArn } = reset.lambdaFunction;
    new CfnOutput(this, 'UserPoolId', { value: userPool.userPoolId });
    new CfnOutput(this, 'FunctionName', { value: functionName });
    new CfnOutput(this, 'FunctionArn', { value: functionArn });
    new CfnOutput(this, 'Invoke', {
      description:
        'Forces the user of that name, alias or sub to choose a new password. For version 1 of the AWS CLI, leave out --cli-binary-format raw-in-base64-out',
      value: `aws lambda invoke --function-name ${functionName} --cli-binary-format raw-in-base64-out --payload '{"username":"USERNAME"}' /dev/stdout`,
    });
    if (smsReadiness !== undefined) {
      new CfnOutput(this, 'SmsReadinessFunctionName', { value: smsReadiness.lambdaFunction.functionName });
    }
    new CfnOutput(this, 'CampaignBucketName', { value: bulk.bucket.bucketName });
    new CfnOutput(this, 'CampaignArn', { value: bulk.campaignStateMachine.stateMachineArn });
    new CfnOutput(this, 'DryRunArn', {
      description: 'Says what a campaign would do',
      value: bulk.dryRunStateMachine.stateMachineArn,
    });
  }

  private deliverSms(userPool: IUserPool, { originationIdentityArn, snsSms }: DemonstrationStackProps): ISmsDelivery {
    if (originationIdentityArn === undefined) return new SnsSmsDelivery(this, 'Sms', { userPool });
    if (parseBoolean('snsSms', snsSms)) {
      throw new Error(
        'snsSms: got true together with originationIdentityArn, expected only one of them: a user pool sends SMS messages in one way',
      );
    }
    const origination = OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', originationIdentityArn);
    return new SmsDelivery(this, 'Sms', { userPool, origination });
  }

  private createUserPool(fromEmail: string | undefined, sendsSms: boolean): IUserPool {
    const userPool = new UserPool(this, 'Users', {
      email: fromEmail === undefined ? undefined : UserPoolEmail.withSES({ fromEmail, sesRegion: this.region }),
      signInAliases: { username: true, email: true, phone: sendsSms },
      autoVerify: { email: true },
      selfSignUpEnabled: false,
      accountRecovery: sendsSms ? AccountRecovery.EMAIL_AND_PHONE_WITHOUT_MFA : AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const client = userPool.addClient('App', {
      authFlows: { userPassword: true, adminUserPassword: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
    });
    Validations.of(userPool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'MFA is optional, so that the demonstration can be followed with a password alone.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'Threat protection needs a paid plan, which a demonstration should not cost.',
      },
    );
    new CfnOutput(this, 'AppClientId', { value: client.userPoolClientId });
    return userPool;
  }
}

/** What the demonstration leaves out of the options of `BundledFunctionOptions`. The example `regulated` has them. */
function acknowledgeOptions(stack: Stack): void {
  const reasons = {
    CloudWatchLogGroupEncrypted: 'CloudWatch encrypts the logs with its own key, and they contain no personal data.',
    LambdaConcurrency: 'An account may have too little concurrency to reserve some for a demonstration.',
    LambdaInsideVPC: 'A VPC with endpoints costs money, also while nothing runs.',
    LambdaTracing: 'Logs and metrics show what the demonstration does.',
    StepFunctionStateMachineXray: 'Logs and metrics show what the demonstration does.',
  };
  const packs = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321', 'Serverless'];
  const rules = Object.entries(reasons).flatMap(([rule, reason]) =>
    packs.map((pack) => ({ id: `${pack}-${rule}`, reason })),
  );
  Validations.of(stack).acknowledge(...rules);
}

function parseBoolean(property: string, value: unknown): boolean {
  if (value === undefined || value === 'true' || value === 'false') return value === 'true';
  throw new Error(`${property}: got ${JSON.stringify(value)}, expected true or false, as in -c ${property}=true`);
}

function parseNumber(property: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new Error(`${property}: got ${JSON.stringify(value)}, expected a number, as in -c ${property}=10`);
}

function parseUserPoolId(value: unknown): string {
  if (typeof value !== 'string' || !/^[\w-]+_[0-9a-zA-Z]+$/.test(value) || value.length > 55) {
    throw new Error(
      `userPoolId: got ${JSON.stringify(value)}, expected the id of a user pool, such as -c userPoolId=us-east-1_AbCdEfGhI`,
    );
  }
  return value;
}
