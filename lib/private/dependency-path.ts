import { CfnResource, DefaultTokenResolver, Reference, StringConcat, Tokenization } from 'aws-cdk-lib';
import { Dependable, type IConstruct } from 'constructs';

/**
 * Returns the resources by which a value depends on a resource, from the first to that resource; undefined if it does
 * not. CloudFormation creates them in the reverse order. Call it in an aspect: later, references to other stacks are
 * imports.
 */
export function dependencyPath(value: unknown, scope: IConstruct, target: CfnResource): CfnResource[] | undefined {
  // Breadth first, so that the path is the shortest.
  const paths = referencedResources(value, scope).map((resource) => [resource]);
  const seen = new Set(paths.flat());
  for (const path of paths) {
    const last = path.at(-1) as CfnResource;
    if (last === target) return path;
    for (const next of dependenciesOf(last)) {
      if (!seen.has(next)) {
        seen.add(next);
        paths.push([...path, next]);
      }
    }
  }
  return undefined;
}

/** The resources that must exist before a resource, by its references and by dependencies of constructs. */
function dependenciesOf(resource: CfnResource): CfnResource[] {
  const explicit = resource.node.scopes
    .flatMap((scope) => scope.node.dependencies)
    .flatMap((dependency) => Dependable.of(dependency).dependencyRoots)
    .flatMap((root) => root.node.findAll());
  return [
    ...referencedResources(resource._toCloudFormation(), resource),
    ...[...explicit, ...resource.obtainDependencies()].filter((construct) => CfnResource.isCfnResource(construct)),
  ];
}

function referencedResources(value: unknown, scope: IConstruct): CfnResource[] {
  const resolver = new ReferenceCollector();
  Tokenization.resolve(value, { scope, resolver, preparing: false });
  return [...resolver.targets].filter((target) => CfnResource.isCfnResource(target));
}

/** Resolves tokens, and remembers what they refer to. */
class ReferenceCollector extends DefaultTokenResolver {
  public readonly targets = new Set<IConstruct>();

  public constructor() {
    super(new StringConcat());
  }

  public override resolveToken(...args: Parameters<DefaultTokenResolver['resolveToken']>): unknown {
    const [token] = args;
    if (Reference.isReference(token)) {
      this.targets.add(token.target);
    }
    return super.resolveToken(...args);
  }
}
