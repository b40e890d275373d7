import { Stack } from 'aws-cdk-lib';
import type { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledgeRules } from './acknowledge-rules';

const NO_RESOURCE_REASON = 'AWS supports no narrower resource for these actions.';

export const OBJECTS_REASON = 'Objects under one prefix of the bucket, whose names are not known before.';

/**
 * Acknowledges the wildcards in the resources of statements, for cdk-nag. The reason is that of all but `*` alone.
 *
 * The id of an acknowledgement contains the resource as the template has it. References to other stacks are resolved at
 * validation, and not before.
 */
export function acknowledgeWildcards(policy: Policy, statements: readonly PolicyStatement[], reason: string): void {
  const resources = statements.flatMap((statement) => statement.resources).filter((arn) => arn.includes('*'));
  policy.node.addValidation({
    validate: () => {
      for (const resource of resources) {
        const id = `AwsSolutions-IAM5[Resource::${formatForCdkNag(Stack.of(policy).resolve(resource))}]`;
        acknowledgeRules(policy, { id, reason: resource === '*' ? NO_RESOURCE_REASON : reason });
      }
      return [];
    },
  });
}

/** Formats a value of a template as cdk-nag does: `<LogicalId.Arn>` for a reference. */
function formatForCdkNag(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, content] = []] = Object.entries(value as object);
  if (name === 'Fn::Join') return content[1].map(formatForCdkNag).join(content[0]);
  if (name === 'Fn::GetAtt') return `<${content.join('.')}>`;
  if (name === 'Ref') return `<${content}>`;
  return name === 'Fn::ImportValue' ? formatForCdkNag(content) : JSON.stringify(value);
}
