import type { Template } from 'aws-cdk-lib/assertions';

// The package has no types.
const validate: (definition: unknown) => { errors: readonly object[] } = require('asl-validator');

/** A state of a state machine, in the Amazon States Language. */
export type State = Readonly<Record<string, unknown>> & {
  readonly Type: string;
  readonly Retry?: readonly Record<string, unknown>[];
  readonly Catch?: readonly { readonly ErrorEquals: string[]; readonly Next: string; readonly ResultPath?: string }[];
};

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/**
 * The definition of the only state machine of a template. References to resources are replaced with `${LogicalId}` or
 * `${LogicalId.Attribute}`.
 */
export function definitionOf(template: Template): Definition {
  const [definition, ...others] = definitionsOf(template);
  if (definition === undefined || others.length > 0) throw new Error('expected one state machine');
  return definition;
}

/** The definitions of all state machines of a template. */
export function definitionsOf(template: Template): Definition[] {
  return Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map(({ Properties }) => {
    const text = Properties.DefinitionString;
    const parts: unknown[] = typeof text === 'string' ? [text] : text['Fn::Join'][1];
    const json = parts.map(textOf).join('');
    // A reference in place of a number has no quotes, which is not valid JSON.
    return JSON.parse(json.replaceAll(/":(\$\{[^}]*\})/g, '":"$1"'));
  });
}

/** The errors of the validator of the Amazon States Language. */
export function validationErrorsOf(definition: Definition): string[] {
  // The validator accepts ARNs, but no references to resources. References to a whole ARN are those of functions.
  const text = JSON.stringify(definition)
    .replaceAll(/"\$\{(\w+)\.Arn\}"/g, '"arn:aws:lambda:us-east-1:111122223333:function:$1"')
    .replaceAll(/\$\{[\w:.]+\}/g, 'aws');
  return validate(JSON.parse(text)).errors.map((error) => JSON.stringify(error));
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  const { Ref: id, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return `\${${id ?? attribute?.join('.') ?? Object.keys(part as object)}}`;
}
