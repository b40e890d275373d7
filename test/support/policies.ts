import type { Template } from 'aws-cdk-lib/assertions';

/** A policy statement in a template. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/**
 * Everything that the policies of a role allow: one line per action and resource, sorted, because feature flags merge
 * statements. References to resources are replaced with `<LogicalId>` or `<LogicalId.Attribute>`.
 */
export function grantsOf(template: Template, role: unknown): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  const id = textOf(role);
  const own = policies.filter(({ Properties }) => Properties.Roles.some((of: unknown) => textOf(of) === id));
  return linesOf(own.flatMap(({ Properties }) => Properties.PolicyDocument.Statement));
}

/** One line per action and resource of the statements, sorted. */
export function linesOf(statements: readonly Statement[]): string[] {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  return statements
    .flatMap(({ Effect, Action, Resource, Principal, Condition }) =>
      list(Action).flatMap((action) =>
        list(Resource).map((resource) =>
          [
            Effect === 'Allow' ? '' : `${Effect} `,
            Principal === undefined ? '' : `${textOf(Principal)}: `,
            `${action} on ${textOf(resource)}`,
            Condition === undefined ? '' : ` if ${textOf(Condition)}`,
          ].join(''),
        ),
      ),
    )
    .sort();
}

/** A value of a template as one line. The partition is always written out, because some feature flags do so. */
export function textOf(value: unknown, partition = 'aws'): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.map((item) => textOf(item, partition)).join(' or ');
  const entries = Object.entries(value);
  const [[name, content] = ['', undefined]] = entries;
  if (name === 'Fn::Join') return content[1].map((part: unknown) => textOf(part, partition)).join(content[0]);
  if (name === 'Fn::GetAtt') return `<${content.join('.')}>`;
  if (name === 'Fn::ImportValue') return `<${content}>`;
  if (name === 'Ref') return content === 'AWS::Partition' ? partition : `<${content}>`;
  return entries.map(([key, item]) => `${key} ${textOf(item, partition)}`).join(', ');
}
