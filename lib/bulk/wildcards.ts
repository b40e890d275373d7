import { Stack, Validations } from 'aws-cdk-lib';
import type { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';

export const OBJECTS_REASON = 'Objects under one prefix of the bucket, whose names are not known before.';

/**
 * Tells cdk-nag why statements of a policy have wildcards in their resources.
 *
 * It knows each by how its resource reads, which is settled at validation: only then are references to other stacks.
 */
export function acknowledgeWildcards(policy: Policy, statements: readonly PolicyStatement[], reason: string): void {
  const resources = statements.flatMap((statement) => statement.resources).filter((arn) => arn.includes('*'));
  policy.node.addValidation({
    validate: () => {
      for (const resource of resources) {
        const id = `AwsSolutions-IAM5[Resource::${resourceAsCdkNagWritesIt(Stack.of(policy).resolve(resource))}]`;
        Validations.of(policy).acknowledge({ id, reason });
      }
      return [];
    },
  });
}

/** A value of a template as cdk-nag writes it: `<LogicalId.Arn>` for a reference. */
function resourceAsCdkNagWritesIt(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, content] = []] = Object.entries(value as object);
  if (name === 'Fn::Join') return content[1].map(resourceAsCdkNagWritesIt).join(content[0]);
  if (name === 'Fn::GetAtt') return `<${content.join('.')}>`;
  if (name === 'Ref') return `<${content}>`;
  return name === 'Fn::ImportValue' ? resourceAsCdkNagWritesIt(content) : JSON.stringify(value);
}
