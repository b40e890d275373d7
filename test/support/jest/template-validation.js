/** The resource types in most of the templates. That one is missing costs time, and nothing else. */
const COMMON = [
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::DynamoDB::GlobalTable',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SMSVOICE::PhoneNumber',
  'AWS::SMSVOICE::Pool',
  'AWS::SMSVOICE::SenderId',
  'AWS::SSM::Parameter',
  'AWS::StepFunctions::StateMachine',
  'Custom::CustomMessageTrigger',
  'Custom::SmsReadiness',
];

/**
 * Keeps the engine of the CDK's template validation for the common resource types and all others that a worker has seen. By
 * itself, the CDK creates another engine, which takes half a second, whenever an app has types that the last one did not have.
 */
exports.keepEngine = ({ CloudFormationValidatePlugin: { prototype } }) => {
  const { initializeEngine } = prototype;
  if (initializeEngine === undefined) throw new Error('the CDK validates templates in another way: adapt this file');
  const seen = new Set(COMMON);
  prototype.initializeEngine = function (resourceTypes) {
    for (const type of resourceTypes) seen.add(type);
    return initializeEngine.call(this, new Set(seen));
  };
};
