/**
 * What the documentation demands of the CloudFormation properties that the project's templates set, as far as the synthesis
 * does not check it: the template validation of the CDK knows types, required properties, enumerations, lengths and patterns
 * of the resource schemas, and fails `strictApp`. Every resource type of the templates has an entry.
 */
export interface PropertyDemand {
  readonly type: string;
  /** As a path. */
  readonly property: string;
  readonly demand: string;
  readonly page: string;
  /** Where it is checked: a test file, and a title in it. Or the reason why it is not. */
  readonly checked: readonly [file: string, title: string] | { readonly not: string };
}

const TEMPLATE_REFERENCE = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/';
const SMS_SETTINGS = 'https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html';

const RESET_TEST = 'test/lib/reset/admin-password-reset.test.ts';
const MESSAGES_TEST = 'test/lib/messages/reset-messages.test.ts';
const SMS_TEST = 'test/lib/sms/sms-delivery.test.ts';
const ORIGINATION_TEST = 'test/lib/sms/origination.test.ts';
const BULK_TEST = 'test/lib/bulk/bulk-password-reset.test.ts';

const FIXED_TEXT = { not: 'the library sets a fixed text, far below the limit' };

export const PROPERTIES: readonly PropertyDemand[] = [
  {
    type: 'AWS::Cognito::UserPool',
    property: 'AccountRecoverySetting',
    demand: 'not admin_only alone: AdminResetUserPassword needs self-service recovery',
    page: 'https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminResetUserPassword.html',
    checked: [RESET_TEST, 'is refused at synth if its account recovery is admin_only: %s'],
  },
  {
    type: 'AWS::Cognito::UserPool',
    property: 'LambdaConfig.CustomMessage',
    demand: 'one function',
    page: 'https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-custom-message.html',
    checked: [MESSAGES_TEST, 'refuses an L1 user pool that has a custom message trigger'],
  },
  {
    type: 'AWS::Cognito::UserPool',
    property: 'SmsConfiguration.EumsSms',
    demand: 'not available in every Region, and sends from the Region of the pool only',
    page: SMS_SETTINGS,
    checked: [SMS_TEST, 'refuses a user pool in %s (%s)'],
  },
  {
    type: 'AWS::Cognito::UserPool',
    property: 'SmsConfiguration.EumsSms.OriginationIdentity',
    demand: 'the ARN that the role may send from: a number in E.164 is an InvalidSmsRoleAccessPolicyException',
    page: SMS_SETTINGS,
    checked: [SMS_TEST, 'refuses a number in E.164 format'],
  },
  {
    type: 'AWS::Cognito::UserPool',
    property: 'SmsConfiguration.SnsRegion',
    demand: 'the Region of the pool or the one that Cognito names for it',
    page: SMS_SETTINGS,
    checked: [SMS_TEST, 'refuses for a user pool in %s the region %s, and expects %s'],
  },
  {
    type: 'AWS::Cognito::UserPool',
    property: 'EmailConfiguration.SourceArn',
    demand: 'an identity that is verified in Amazon SES',
    page: 'https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html',
    checked: { not: 'it is a state of the account, which the synthesis cannot see' },
  },
  {
    type: 'AWS::Cognito::UserPoolClient',
    property: 'ExplicitAuthFlows',
    demand: 'ALLOW_… values are not combined with the older ones',
    page: `${TEMPLATE_REFERENCE}aws-resource-cognito-userpoolclient.html`,
    checked: { not: 'only the app in bin/ and tests have an app client, with ALLOW_… values only' },
  },
  {
    type: 'AWS::DynamoDB::GlobalTable',
    property: 'KeySchema',
    demand: 'the keys that the ledger writes, as strings; they cannot be changed later',
    page: `${TEMPLATE_REFERENCE}aws-resource-dynamodb-globaltable.html`,
    checked: [BULK_TEST, 'refuses a ledger with other keys: %s'],
  },
  {
    type: 'AWS::Events::Rule',
    property: 'EventPattern',
    demand: 'at most 2,048 characters',
    page: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html',
    checked: { not: 'onCampaignEnd sets a pattern of a few hundred characters' },
  },
  {
    type: 'AWS::IAM::Policy',
    property: 'PolicyDocument',
    demand: 'all inline policies of a role have at most 10,240 characters',
    page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    checked: {
      not: 'the tests and docs/permissions.md have the whole policies, which are far below it',
    },
  },
  {
    type: 'AWS::IAM::Role',
    property: 'AssumeRolePolicyDocument',
    demand: 'at most 2,048 characters',
    page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    checked: FIXED_TEXT,
  },
  {
    type: 'AWS::KMS::Key',
    property: 'KeySpec',
    demand: 'HMAC_256 with the usage GENERATE_VERIFY_MAC; neither can be changed',
    page: 'https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html',
    checked: [MESSAGES_TEST, 'refuses a signing key with the spec %s, as does AdminPasswordReset'],
  },
  {
    type: 'AWS::KMS::Key',
    property: 'EnableKeyRotation',
    demand: 'not for an HMAC key',
    page: 'https://docs.aws.amazon.com/kms/latest/developerguide/hmac.html',
    checked: { not: 'the library turns it on only for the key of the campaign bucket, which is symmetric' },
  },
  {
    type: 'AWS::Lambda::EventInvokeConfig',
    property: 'MaximumEventAgeInSeconds',
    demand: '60 to 21,600',
    page: `${TEMPLATE_REFERENCE}aws-resource-lambda-eventinvokeconfig.html`,
    checked: { not: 'the library sets a fixed value, and the CDK checks the range' },
  },
  {
    type: 'AWS::Lambda::Function',
    property: 'Timeout',
    demand: 'at least the 20 seconds that Cognito may take, with a reserve; at most 900 seconds',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    checked: [RESET_TEST, 'a timeout under 30 seconds'],
  },
  {
    type: 'AWS::Lambda::Function',
    property: 'Environment',
    demand: 'at most 4 KB in all',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
    checked: { not: 'the library sets a few variables, with ARNs and numbers' },
  },
  {
    type: 'AWS::Lambda::Function',
    property: 'ReservedConcurrentExecutions',
    demand: 'leaves 100 to the other functions of the account',
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html',
    checked: { not: 'it is a state of the account, which the synthesis cannot see' },
  },
  {
    type: 'AWS::Lambda::Permission',
    property: 'SourceArn',
    demand: 'needed for a service, or any account could use the service to invoke the function',
    page: `${TEMPLATE_REFERENCE}aws-resource-lambda-permission.html`,
    checked: [RESET_TEST, 'refuses a service without a condition'],
  },
  {
    type: 'AWS::Logs::LogGroup',
    property: 'LogGroupName',
    demand: 'unique in the account and Region',
    page: `${TEMPLATE_REFERENCE}aws-resource-logs-loggroup.html`,
    checked: [BULK_TEST, 'retains the log groups and gives each stack a unique log group name for the state machines'],
  },
  {
    type: 'AWS::S3::Bucket',
    property: 'LifecycleConfiguration.Rules.*.ExpirationInDays',
    demand: 'a whole number of days',
    page: `${TEMPLATE_REFERENCE}aws-properties-s3-bucket-rule.html`,
    checked: [BULK_TEST, 'an expiresAfter that is not in whole days'],
  },
  {
    type: 'AWS::S3::BucketPolicy',
    property: 'PolicyDocument',
    demand: 'at most 20 KB',
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html',
    checked: FIXED_TEXT,
  },
  {
    type: 'AWS::SMSVOICE::PhoneNumber',
    property: 'IsoCountryCode',
    demand: 'two upper-case letters, of a country that has the type of number',
    page: `${TEMPLATE_REFERENCE}aws-resource-smsvoice-phonenumber.html`,
    checked: [ORIGINATION_TEST, 'expected two upper-case letters of ISO 3166-1'],
  },
  {
    type: 'AWS::SMSVOICE::PhoneNumber',
    property: 'MandatoryKeywords.*.Message',
    demand: '1 to 1,600 characters, not only white space',
    page: `${TEMPLATE_REFERENCE}aws-properties-smsvoice-phonenumber-mandatorykeyword.html`,
    checked: [ORIGINATION_TEST, 'expected 1–1,600'],
  },
  {
    type: 'AWS::SMSVOICE::PhoneNumber',
    property: 'OptionalKeywords.*.Keyword',
    demand: '1 to 30 characters, each once in upper or lower case',
    page: `${TEMPLATE_REFERENCE}aws-properties-smsvoice-phonenumber-optionalkeyword.html`,
    checked: [ORIGINATION_TEST, 'expected each keyword once, because keywords are case-insensitive'],
  },
  {
    type: 'AWS::SMSVOICE::PhoneNumber',
    property: 'OptOutListName',
    demand: '1 to 256 letters, digits, and _ : / -',
    page: `${TEMPLATE_REFERENCE}aws-resource-smsvoice-phonenumber.html`,
    checked: [ORIGINATION_TEST, 'expected the name or the ARN of an opt-out list'],
  },
  {
    type: 'AWS::SMSVOICE::Pool',
    property: 'OriginationIdentities',
    demand: 'at least one, of this Region, in no other pool, and with the same settings',
    page: `${TEMPLATE_REFERENCE}aws-resource-smsvoice-pool.html`,
    checked: [ORIGINATION_TEST, 'refuses an empty list of identities'],
  },
  {
    type: 'AWS::SMSVOICE::SenderId',
    property: 'SenderId',
    demand: '1 to 11 upper-case letters, digits and hyphens, at least one letter; not in every country',
    page: `${TEMPLATE_REFERENCE}aws-resource-smsvoice-senderid.html`,
    checked: [ORIGINATION_TEST, 'expected 1–11 upper-case letters, digits and hyphens'],
  },
  {
    type: 'AWS::SNS::Topic',
    property: 'TopicName',
    demand: 'unique in the account and Region',
    page: `${TEMPLATE_REFERENCE}aws-resource-sns-topic.html`,
    checked: { not: 'only an example has a topic, and lets CloudFormation choose the name' },
  },
  {
    type: 'AWS::SNS::TopicPolicy',
    property: 'PolicyDocument',
    demand: 'at most 30 KB',
    page: `${TEMPLATE_REFERENCE}aws-resource-sns-topicpolicy.html`,
    checked: { not: 'only an example has a topic, with a policy of two statements' },
  },
  {
    type: 'AWS::SSM::Parameter',
    property: 'Name',
    demand:
      'levels of letters, digits, full stops, hyphens and underscores, each after a slash; not aws or ssm first; at most 15 levels, and 1,011 characters with the ARN in front',
    page: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html',
    checked: ['test/lib/private/arn-parameters.test.ts', 'the prefix %j is refused'],
  },
  {
    type: 'AWS::SSM::Parameter',
    property: 'Name',
    demand: 'unique in the account and Region',
    page: 'https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html',
    checked: { not: 'other stacks can have the name too: CloudFormation refuses to create a second one' },
  },
  {
    type: 'AWS::StepFunctions::StateMachine',
    property: 'DefinitionString',
    demand: 'at most 1 MB; the names of all states differ and have at most 80 characters',
    page: 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html',
    checked: { not: 'the definitions are far below it; the sandbox validates them with asl-validator when it starts' },
  },
  {
    type: 'AWS::StepFunctions::StateMachine',
    property: 'LoggingConfiguration.Destinations',
    demand:
      'a log group that the resource policy of CloudWatch Logs, of at most 5,120 characters, lets Step Functions write to',
    page: 'https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html',
    checked: { not: 'the policy is one of the account and Region, which the synthesis cannot see' },
  },
  {
    type: 'Custom::SmsReadiness',
    property: 'ServiceTimeout',
    demand: '1 to 3,600 seconds, longer than the function takes',
    page: `${TEMPLATE_REFERENCE}aws-resource-cloudformation-customresource.html`,
    checked: { not: 'the library sets a fixed value' },
  },
  {
    type: 'Custom::SmsReadiness',
    property: 'ServiceToken',
    demand: 'the function responds with at most 4,096 bytes',
    page: `${TEMPLATE_REFERENCE}crpg-ref-responses.html`,
    checked: [
      'test/lambda/sms-readiness/cloudformation.test.ts',
      'the readiness function omits the report from a response that would be too long',
    ],
  },
];
