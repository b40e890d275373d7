import type { Explanation } from './findings';

/** Every finding of cfn-lint in the templates, and why it stays. One without a finding must be deleted. */
export const EXPLAINED: readonly Explanation[] = [
  {
    rule: 'W3005',
    message: /^'\w+' dependency already enforced by a 'GetAtt' at 'Resources\/\w+\/Properties\/Role'$/,
    reason:
      'The CDK lets every function depend on its role and on the policies of the role. The policies are necessary, and the role does no harm.',
  },
  {
    rule: 'W3005',
    message: /^'\w+' dependency already enforced by a 'GetAtt' at 'Resources\/\w+\/Properties\/RoleArn'$/,
    reason: 'The CDK lets every state machine depend on its role and on the policies of the role, like a function.',
  },
  {
    rule: 'W3005',
    message:
      /^'\w+' dependency already enforced by a 'GetAtt' at 'Resources\/MessagesAttach\w+\/Properties\/FunctionArn'$/,
    reason:
      'A trigger is attached when Cognito may invoke it: the resource depends on the trigger with its permission, of which the function is a part.',
  },
  {
    rule: 'E3006',
    message: /^Resource type 'AWS::Cognito::UserPool(?:Client)?' does not exist in 'cn-north-1'$/,
    reason:
      'Cognito has no user pools in the China Regions: https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html. What else the templates have is right for them.',
  },
  {
    rule: 'E3006',
    message: /^Resource type 'AWS::SMSVOICE::(?:PhoneNumber|Pool|SenderId)' does not exist in 'cn-north-1'$/,
    reason: 'AWS End User Messaging SMS is not available in the China Regions, and there are no user pools to use it.',
  },
  {
    rule: 'E3006',
    message:
      /^Resource type 'AWS::(?:Signer::SigningProfile|Lambda::CodeSigningConfig)' does not exist in 'cn-north-1'$/,
    reason: 'CloudFormation has no code signing in the China Regions, and there are no user pools to use it.',
  },
  {
    rule: 'W3045',
    message: /^'AccessControl' is a legacy property\. Consider using 'AWS::S3::BucketPolicy' instead$/,
    reason:
      'Without its feature flag for server access logs, the CDK allows the delivery of logs in this way. The recommended flags have it.',
  },
];
