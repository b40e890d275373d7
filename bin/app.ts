import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { DemonstrationStack } from './demonstration-stack';

const app = new App();
Validations.of(app).addPlugins(
  new AwsSolutionsChecks(app),
  new HIPAASecurityChecks(app),
  new NIST80053R5Checks(app),
  new PCIDSS321Checks(app),
  new ServerlessChecks(app),
);
new DemonstrationStack(app, 'CognitoPasswordReset', {
  description: 'Forces users of a Cognito user pool to choose a new password',
  userPoolId: app.node.tryGetContext('userPoolId'),
  fromEmail: app.node.tryGetContext('fromEmail'),
  originationIdentityArn: app.node.tryGetContext('originationIdentityArn'),
  snsSms: app.node.tryGetContext('snsSms'),
  globalSignOut: app.node.tryGetContext('globalSignOut'),
  maxResetsPerSecond: app.node.tryGetContext('maxResetsPerSecond'),
  useWholeQuota: app.node.tryGetContext('useWholeQuota'),
  parameterPrefix: app.node.tryGetContext('parameterPrefix'),
});
app.synth();
