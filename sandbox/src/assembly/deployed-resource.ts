import { attributeValue, isConditionTrue, resolve, resolveText, throwAt } from './intrinsics';
import type { ResourceView } from './resource-attributes';
import type { Stack } from './stack';

/** A resource that a deployment would create. Its properties and attributes are resolved when they are read. */
export class DeployedResource implements ResourceView {
  constructor(
    readonly stack: Stack,
    readonly logicalId: string,
  ) {}

  /** All properties. */
  get properties(): Record<string, unknown> {
    return resolve(this.template.Properties ?? {}, this) as Record<string, unknown>;
  }

  /** One property; undefined when the template does not set it. */
  property(name: string): unknown {
    return resolve(this.template.Properties?.[name], this);
  }

  /** One property as text; undefined when the template does not set it. */
  text(name: string): string | undefined {
    const value = this.property(name);
    return value === undefined ? undefined : resolveText(value, this);
  }

  /** One property as text. It is an error when the template does not set it. */
  requiredText(name: string): string {
    return this.text(name) ?? throwAt(this, `the property ${name} is required`);
  }

  /** The value of `Fn::GetAtt`, or of `Ref` for the name `Ref`. */
  attribute(name: string): string {
    return attributeValue(this.logicalId, name, this);
  }

  private get template() {
    return this.stack.template.Resources?.[this.logicalId] ?? throwAt(this, 'there is no such resource');
  }
}

/** The resources of these types whose condition is true, in the order of the stacks and their templates. */
export function resourcesOfType(stacks: readonly Stack[], ...types: string[]): DeployedResource[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {})
      .filter(([, { Type: type, Condition: condition }]) => types.includes(type) && isConditionTrue(stack, condition))
      .map(([logicalId]) => new DeployedResource(stack, logicalId)),
  );
}
