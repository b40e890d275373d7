import { App, type Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** The two extremes of the feature flags in a consumer's cdk.json. */
export const CONTEXTS: readonly { context: string; flags: Record<string, unknown> }[] = [
  { context: 'no feature flags', flags: {} },
  { context: 'the recommended feature flags', flags: recommendedFlags },
];

/** An app that fails to synthesize if the template validation or cdk-nag have a finding. */
export function strictApp(flags: Record<string, unknown> = {}): App {
  const app = new App({
    context: { ...flags, '@aws-cdk/core:validateAgainstDefaultRules': true },
    analyticsReporting: false,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** All policies of a stack: policy resources, inline policies of roles, and managed policies of roles. */
export function policiesOf(stack: Stack): unknown[] {
  const template = Template.fromStack(stack);
  const attached = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties);
  const roles = Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => Properties);
  return [
    ...attached.map(({ PolicyDocument }) => PolicyDocument),
    ...roles.flatMap(({ Policies = [] }) =>
      Policies.map((policy: { PolicyDocument: unknown }) => policy.PolicyDocument),
    ),
    ...roles.flatMap(({ ManagedPolicyArns = [] }) => ManagedPolicyArns),
  ];
}

/** For tests that do not test the user pool itself. */
export function acknowledgePoolFindings(userPool: IConstruct): void {
  const rules = ['AwsSolutions-COG1', 'AwsSolutions-COG2', 'AwsSolutions-COG3', 'AwsSolutions-COG8'];
  Validations.of(userPool).acknowledge(...rules.map((id) => ({ id, reason: 'a user pool for a test' })));
}
