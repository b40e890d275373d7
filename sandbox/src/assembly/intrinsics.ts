import type { Json } from '../model';
import { RESOURCE_ATTRIBUTES, type ResourceView } from './resource-attributes';
import type { Stack, TemplateOutput } from './stack';

/** Where a value stands in the assembly. References in the value are resolved from there, and errors name it. */
export interface TemplateLocation {
  readonly stack: Stack;
  readonly logicalId: string;
}

/** Throws an error that names the location. */
export function throwAt({ stack, logicalId }: TemplateLocation, problem: string): never {
  throw new Error(`stack "${stack.name}", "${logicalId}": ${problem}`);
}

/**
 * Resolves every intrinsic function in a value of a template. `AWS::NoValue` becomes undefined, which cannot occur in JSON,
 * and is removed from objects and lists.
 */
export function resolve(value: unknown, at: TemplateLocation): unknown {
  if (typeof value === 'string' && value.includes('{{resolve:')) {
    throwAt(at, `the sandbox cannot look up the dynamic reference in "${value}"`);
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, at)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
    return resolveIntrinsic(name, (value as Json)[name], at);
  }
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item, at)]);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** Resolves a value that must be text. Like CloudFormation, it accepts numbers and booleans as text. */
export function resolveText(value: unknown, at: TemplateLocation): string {
  return asText(resolve(value, at), at);
}

/** Whether a condition of the stack is true. No condition counts as true. */
export function isConditionTrue(stack: Stack, condition: string | undefined): boolean {
  return (
    condition === undefined ||
    evaluateCondition(stack.template.Conditions?.[condition], { stack, logicalId: condition })
  );
}

/** The outputs of a stack whose condition is true. */
export function outputsOf(stack: Stack): (TemplateLocation & { readonly output: TemplateOutput })[] {
  return Object.entries(stack.template.Outputs ?? {})
    .filter(([, output]) => isConditionTrue(stack, output.Condition))
    .map(([logicalId, output]) => ({ stack, logicalId, output }));
}

/**
 * The value of `Ref` (attribute `Ref`) or `Fn::GetAtt` for a resource.
 *
 * @param at where the reference stands
 */
export function attributeValue(logicalId: string, name: string, at: TemplateLocation): string {
  const { stack } = at;
  const intrinsicName = name === 'Ref' ? `Ref ${logicalId}` : `Fn::GetAtt ${logicalId}.${name}`;
  const resource = stack.template.Resources?.[logicalId];
  if (!resource) throwAt(at, `${intrinsicName} names no resource or parameter of the template`);
  if (!isConditionTrue(stack, resource.Condition)) {
    throwAt(at, `${intrinsicName} names a resource whose condition "${resource.Condition}" is false`);
  }
  if (resource.Type === 'Custom::CrossRegionExportReader') return crossRegionExport(name, at);
  const attributes = RESOURCE_ATTRIBUTES[resource.Type];
  if (!attributes) throwAt(at, `${intrinsicName}: the sandbox supports no attributes of ${resource.Type}`);
  const value = attributes(resourceViewOf(stack, logicalId))[name];
  return value ?? throwAt(at, `${intrinsicName}: the sandbox does not support this attribute of ${resource.Type}`);
}

function resourceViewOf(stack: Stack, logicalId: string): ResourceView {
  const place = { stack, logicalId };
  return {
    ...place,
    text: (property) => {
      const value = resolve(stack.template.Resources?.[logicalId]?.Properties?.[property], place);
      return value === undefined ? undefined : asText(value, place);
    },
  };
}

function resolveIntrinsic(name: string, argument: unknown, at: TemplateLocation): unknown {
  // Only the branch that is taken is resolved: the other one may refer to what does not exist.
  if (name === 'Fn::If') {
    const [condition, whenTrue, whenFalse] = asList(argument, at);
    return resolve(isConditionTrue(at.stack, asText(condition, at)) ? whenTrue : whenFalse, at);
  }
  const implementation = INTRINSICS[name] ?? throwAt(at, `the sandbox does not support the intrinsic function ${name}`);
  return implementation(resolve(argument, at), at);
}

/** The intrinsic functions. Each gets its argument resolved. */
const INTRINSICS: Readonly<Record<string, (argument: unknown, at: TemplateLocation) => unknown>> = {
  Ref: (argument, at) => resolveRef(asText(argument, at), at),

  'Fn::GetAtt': (argument, at) => {
    const [logicalId = '', ...name] = Array.isArray(argument) ? argument.map(String) : asText(argument, at).split('.');
    return attributeValue(logicalId, name.join('.'), at);
  },

  'Fn::Join': (argument, at) => {
    const [delimiter, parts] = asList(argument, at);
    return asList(parts, at)
      .map((part) => asText(part, at))
      .join(asText(delimiter, at));
  },

  'Fn::Sub': (argument, at) => {
    const [text, variables = {}] = Array.isArray(argument) ? argument : [argument];
    return asText(text, at).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(variables, name)) return asText(variables[name], at);
      const [logicalId = '', ...path] = name.split('.');
      return path.length > 0 ? attributeValue(logicalId, path.join('.'), at) : asText(resolveRef(name, at), at);
    });
  },

  'Fn::Select': (argument, at) => {
    const [index, list] = asList(argument, at);
    const selected = asList(list, at)[Number(index)];
    return selected ?? throwAt(at, `Fn::Select finds no item ${index} in ${JSON.stringify(list)}`);
  },

  'Fn::Split': (argument, at) => {
    const [delimiter, text] = asList(argument, at);
    return asText(text, at).split(asText(delimiter, at));
  },

  'Fn::FindInMap': (argument, at) => {
    const [map, first, second] = asList(argument, at).map(String) as [string, string, string];
    const value = at.stack.template.Mappings?.[map]?.[first]?.[second];
    return value ?? throwAt(at, `Fn::FindInMap finds nothing under ${map}.${first}.${second}`);
  },

  'Fn::ImportValue': (argument, at) => {
    const name = asText(argument, at);
    const exported = at.stack.peers
      .filter(({ account, region }) => account === at.stack.account && region === at.stack.region)
      .flatMap(outputsOf)
      .find((place) => place.output.Export && resolve(place.output.Export.Name, place) === name);
    if (!exported) throwAt(at, `Fn::ImportValue: no stack of the assembly exports "${name}" there`);
    return resolve(exported.output.Value, exported);
  },

  'Fn::GetStackOutput': (argument, at) => {
    const { StackName: stackName, OutputName: name, Region: region = at.stack.region } = argument as Json;
    const output = at.stack.peers
      .filter((peer) => peer.name === stackName && peer.region === region)
      .flatMap(outputsOf)
      .find(({ logicalId }) => logicalId === name);
    if (!output) throwAt(at, `Fn::GetStackOutput: no stack "${stackName}" in ${region} has an output "${name}"`);
    return resolve(output.output.Value, output);
  },
};

function resolveRef(name: string, at: TemplateLocation): unknown {
  const { stack } = at;
  switch (name) {
    case 'AWS::AccountId':
      return stack.account;
    case 'AWS::NoValue':
      return undefined;
    case 'AWS::Partition':
      return stack.partition;
    case 'AWS::Region':
      return stack.region;
    case 'AWS::StackId':
      return stack.arn('cloudformation', `stack/${stack.name}/${stack.uuid('')}`);
    case 'AWS::StackName':
      return stack.name;
    case 'AWS::URLSuffix':
      return stack.urlSuffix;
  }
  return stack.template.Parameters?.[name] ? parameterValue(name, at) : attributeValue(name, 'Ref', at);
}

function parameterValue(name: string, at: TemplateLocation): unknown {
  const { Type: type, Default: byDefault } = at.stack.template.Parameters?.[name] ?? { Type: 'String' };
  // The default of such a parameter is a name in Parameter Store, not the value.
  if (type.startsWith('AWS::SSM::')) throwAt(at, `Ref ${name}: the sandbox has no values of ${type}`);
  const value = at.stack.parameters[name] ?? byDefault;
  if (value === undefined) throwAt(at, `Ref ${name}: the parameter has no default`);
  return /^(List<|CommaDelimitedList)/.test(type) ? asText(value, at).split(',') : asText(value, at);
}

/** The CDK passes a strong cross-Region reference through two custom resources: one writes it, the other reads it. */
function crossRegionExport(name: string, at: TemplateLocation): string {
  for (const peer of at.stack.peers) {
    for (const [logicalId, { Type: type, Properties: properties }] of Object.entries(peer.template.Resources ?? {})) {
      const written =
        type === 'Custom::CrossRegionExportWriter' ? (properties?.WriterProps as { exports: Json }) : null;
      if (written && name in written.exports) return resolveText(written.exports[name], { stack: peer, logicalId });
    }
  }
  return throwAt(at, `no stack of the assembly writes the export "${name}"`);
}

function evaluateCondition(condition: unknown, at: TemplateLocation): boolean {
  const [[name, argument] = ['', undefined]] = Object.entries(condition ?? {});
  switch (name) {
    case 'Condition':
      return isConditionTrue(at.stack, asText(argument, at));
    case 'Fn::And':
      return asList(argument, at).every((part) => evaluateCondition(part, at));
    case 'Fn::Equals': {
      const [one, other] = asList(argument, at);
      return resolveText(one, at) === resolveText(other, at);
    }
    case 'Fn::Not':
      return !evaluateCondition(asList(argument, at)[0], at);
    case 'Fn::Or':
      return asList(argument, at).some((part) => evaluateCondition(part, at));
    default:
      return throwAt(
        at,
        name ? `the sandbox does not support the condition function ${name}` : 'there is no such condition',
      );
  }
}

function asText(value: unknown, at: TemplateLocation): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return throwAt(at, `expected text, got ${JSON.stringify(value)}`);
}

function asList(value: unknown, at: TemplateLocation): readonly unknown[] {
  return Array.isArray(value) ? value : throwAt(at, `expected a list, got ${JSON.stringify(value)}`);
}
