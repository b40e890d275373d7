import { App, type CfnElement, CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AccountRecovery, Mfa, UserPool, UserPoolEmail } from 'aws-cdk-lib/aws-cognito';
import { RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
// In your own project, import from 'cdk-cognito-password-reset'.
import { AdminPasswordReset, BulkPasswordReset, MessageCatalog, ResetMessages } from '../../lib';

const MAIL = `<!doctype html>
<html lang="en">
  <body>
    <p>Hello {{attribute.given_name}},</p>
    <p>we have found passwords of our users in the hands of others, and closed all accounts to be safe. To open yours,
    choose a new password with this code: <strong>{{code}}</strong></p>
    <p>The code is valid for one hour. When it is over, ask for a new one with "Forgot your password?" where you sign
    in. We will never ask you for your password.</p>
  </body>
</html>`;

/**
 * All users of a user pool must choose a new password. The role on call may start a dry run. The role of the incident lead
 * may start the campaign and read the report. A topic gets a message when the campaign ends.
 */
export class BreachResponse extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const userPool = this.createUserPool();
    const messages = new ResetMessages(this, 'Messages', {
      userPool,
      catalog: MessageCatalog.fromInline({
        defaultLocale: 'en',
        attributes: { given_name: 40 },
        templates: { breach: { en: { emailSubject: 'Choose a new password', emailHtml: MAIL } } },
      }),
    });
    const passwordReset = new AdminPasswordReset(this, 'Reset', { userPool, messages, globalSignOut: true });
    const bulk = new BulkPasswordReset(this, 'Breach', { passwordReset, maxResetsPerSecond: 10, maxUsers: 500_000 });

    const onCall = new Role(this, 'OnCall', { assumedBy: new AccountPrincipal(this.account) });
    bulk.grantStartDryRun(onCall);
    const lead = new Role(this, 'IncidentLead', { assumedBy: new AccountPrincipal(this.account) });
    bulk.grantStart(lead);
    bulk.grantWriteLists(lead);
    bulk.grantReadReports(lead);

    const topic = new Topic(this, 'Ended', { enforceSSL: true });
    // A fixed text instead of the event, because the event can contain the input of the execution.
    const message = RuleTargetInput.fromText('A bulk password reset has ended: see AWS Step Functions.');
    bulk.onCampaignEnd('TellOfEnd', { target: new SnsTopic(topic, { message }) });

    new CfnOutput(this, 'CampaignArn', { value: bulk.campaignStateMachine.stateMachineArn });
    new CfnOutput(this, 'DryRunArn', { value: bulk.dryRunStateMachine.stateMachineArn });
    const bucket = this.getLogicalId(bulk.bucket.node.defaultChild as CfnElement);
    Validations.of(lead).acknowledge(
      ...['input', 'reports'].map((prefix) => ({
        id: `AwsSolutions-IAM5[Resource::<${bucket}.Arn>/${prefix}/*]`,
        reason: 'Objects under one prefix of the bucket, whose names are not known before.',
      })),
    );
  }

  private createUserPool(): UserPool {
    const userPool = new UserPool(this, 'Users', {
      signInAliases: { username: true, email: true },
      standardAttributes: { givenName: { mutable: true } },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      // Cognito's default sender sends 50 email messages per day, and does not support custom email messages.
      email: UserPoolEmail.withSES({ fromEmail: 'no-reply@example.com', sesRegion: this.region }),
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
    Validations.of(userPool).acknowledge(
      { id: 'AwsSolutions-COG2', reason: 'MFA is optional, so that the example can be tried with a password alone.' },
      { id: 'AwsSolutions-COG8', reason: 'Threat protection needs a paid plan, which an example should not cost.' },
    );
    return userPool;
  }
}

if (require.main === module) {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new BreachResponse(app, 'BreachResponse', { description: 'Makes everybody in a user pool choose a new password' });
  app.synth();
}
