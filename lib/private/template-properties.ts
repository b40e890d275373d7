import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Returns the resource of a construct, or the construct itself if it is one of these types, or undefined. The types are
 * those of CloudFormation and not classes, because a class has another identity in a second copy of aws-cdk-lib.
 */
export function resourceOf<T extends CfnResource>(construct: IConstruct, ...types: string[]): T | undefined {
  return [construct, construct.node.defaultChild].find(
    (candidate): candidate is T =>
      CfnResource.isCfnResource(candidate as object) && types.includes((candidate as CfnResource).cfnResourceType),
  );
}

/**
 * Returns the properties of a resource as the template has them: with overrides, and with the names of CloudFormation.
 * They are final at the end of synth only: call this in a validation or a Lazy.
 */
// biome-ignore lint/suspicious/noExplicitAny: what a template contains
export function templatePropertiesOf(resource: CfnResource): Record<string, any> {
  const { Resources } = resource.stack.resolve(resource._toCloudFormation());
  const [definition] = Object.values<{ Properties?: object }>(Resources ?? {});
  return definition?.Properties ?? {};
}

/** A value that only the deployment decides. */
export const DECIDED_AT_DEPLOYMENT = 'decided at deployment';

/**
 * Returns one property as the template has it, by its path; DECIDED_AT_DEPLOYMENT if it is within an intrinsic
 * function, such as a condition or a parameter.
 */
export function templatePropertyOf(resource: CfnResource, ...path: string[]): unknown {
  let value: unknown = templatePropertiesOf(resource);
  for (const name of path) {
    value = (value as Record<string, unknown> | undefined | null)?.[name];
    if (isIntrinsic(value)) return DECIDED_AT_DEPLOYMENT;
  }
  return value;
}

/** Whether a resolved value is an intrinsic function of CloudFormation. */
export function isIntrinsic(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.keys(value).some((key) => key === 'Ref' || /^Fn::/.test(key))
  );
}
