import { attributeValue, isConditionTrue, resolve, resolveText, throwAt } from './intrinsics';
import type { ResourceView } from './resource-attributes';
import type { Stack } from './stack';

/** A resource that the deployment creates, its properties and attributes resolved when asked for. */
export class DeployedResource implements ResourceView {
  constructor(
    readonly stack: Stack,
    readonly logicalId: string,
  ) {}

  /** All properties. */
  get properties(): Record<string, unknown> {
    return resolve(this.template.Properties ?? {}, this) as Record<string, unknown>;
  }

  /** One property, undefined when the template leaves it out. */
  property(name: string): unknown {
    return resolve(this.template.Properties?.[name], this);
  }

  /** One property as text, undefined when the template leaves it out. */
  text(name: string): string | undefined {
    const value = this.property(name);
    return value === undefined ? undefined : resolveText(value, this);
  }

  /** One property as text, which must be there. */
  requiredText(name: string): string {
    return this.text(name) ?? throwAt(this, `there is no ${name}`);
  }

  /** What `Fn::GetAtt` answers, and `Ref` for the name `Ref`. */
  attribute(name: string): string {
    return attributeValue(this.logicalId, name, this);
  }

  private get template() {
    return this.stack.template.Resources?.[this.logicalId] ?? throwAt(this, 'there is no such resource');
  }
}

/** The resources of some types that the deployment creates, in the order of the stacks and their templates. */
export function resourcesOfType(stacks: readonly Stack[], ...types: string[]): DeployedResource[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources ?? {})
      .filter(([, { Type: type, Condition: condition }]) => types.includes(type) && isConditionTrue(stack, condition))
      .map(([logicalId]) => new DeployedResource(stack, logicalId)),
  );
}
