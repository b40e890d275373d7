import type { Condition, ConditionOperator, Json, RoleDefinition, Statement } from '../model';
import { CONDITION_OPERATORS } from '../services/iam/condition-operators';
import { listOf } from '../services/iam/policy-document';
import { type DeployedResource, resourcesOfType } from './deployed-resource';
import { type TemplateLocation, throwAt } from './intrinsics';
import { lazyObject } from './lazy-object';
import type { Stack } from './stack';

/** The AWS managed policies that the sandbox supports, by the end of their ARN. */
const AWS_MANAGED_POLICIES: Readonly<Record<string, Statement>> = {
  'service-role/AWSLambdaBasicExecutionRole': {
    effect: 'Allow',
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: ['*'],
  },
};

/**
 * The roles of the assembly. Statements are parsed when they are first read, so a role that the sandbox never uses may have
 * policies that the sandbox cannot evaluate.
 */
export function rolesOf(stacks: readonly Stack[]): RoleDefinition[] {
  return resourcesOfType(stacks, 'AWS::IAM::Role').map((role) =>
    lazyObject<RoleDefinition>({
      roleName: () => role.attribute('Ref'),
      roleArn: () => role.attribute('Arn'),
      statements: () => statementsOf(role, stacks),
      trustPolicy: () => role.property('AssumeRolePolicyDocument'),
    }),
  );
}

function statementsOf(role: DeployedResource, stacks: readonly Stack[]): Statement[] {
  if (role.property('PermissionsBoundary') !== undefined)
    throwAt(role, 'the sandbox cannot evaluate PermissionsBoundary');
  const roleName = role.attribute('Ref');
  const inAccount = stacks.filter((stack) => stack.account === role.stack.account);
  const managed = resourcesOfType(inAccount, 'AWS::IAM::ManagedPolicy');
  const managedArns = listOf(role.property('ManagedPolicyArns')).map(String);

  const inline = listOf(role.property('Policies')).map((policy) => (policy as Json).PolicyDocument);
  const own = inline.flatMap((document) => parsePolicyDocument(document, role));
  const attached = resourcesOfType(inAccount, 'AWS::IAM::Policy', 'AWS::IAM::RolePolicy').filter(
    (policy) => listOf(policy.property('Roles')).includes(roleName) || policy.property('RoleName') === roleName,
  );
  const attachedManaged = managed.filter(
    (policy) =>
      listOf(policy.property('Roles')).includes(roleName) || managedArns.includes(policy.attribute('PolicyArn')),
  );
  const foreignArns = managedArns.filter((arn) => !managed.some((policy) => policy.attribute('PolicyArn') === arn));
  return [
    ...own,
    ...[...attached, ...attachedManaged].flatMap((policy) =>
      parsePolicyDocument(policy.property('PolicyDocument'), policy),
    ),
    ...foreignArns.map((arn) => awsManagedStatement(arn, role)),
  ];
}

function awsManagedStatement(arn: string, role: DeployedResource): Statement {
  const prefix = `arn:${role.stack.partition}:iam::aws:policy/`;
  const statement = arn.startsWith(prefix) ? AWS_MANAGED_POLICIES[arn.slice(prefix.length)] : undefined;
  return statement ?? throwAt(role, `the sandbox does not support the managed policy ${arn}`);
}

/**
 * The statements of a policy document. An element that the sandbox cannot evaluate is an error: ignoring it in an allow would
 * allow too much, and ignoring the statement of a deny would lift the deny.
 */
function parsePolicyDocument(document: unknown, at: TemplateLocation): Statement[] {
  return listOf((document as Json).Statement)
    .filter(isForDirectCalls)
    .map((item) => {
      const {
        Sid: _,
        Effect: effect,
        Action: actions,
        Resource: resources,
        Condition: tests,
        ...others
      } = item as Json;
      if (effect !== 'Allow' && effect !== 'Deny')
        throwAt(at, `a policy statement has the effect ${JSON.stringify(effect)}`);
      for (const element of Object.keys(others))
        throwAt(at, `the sandbox cannot evaluate ${element} in a policy statement`);
      const statement = {
        effect,
        actions: listOf(actions).map(String),
        resources: listOf(resources).map(String),
        ...(tests !== undefined && { conditions: conditionsOf(tests as Json, at) }),
      } as const;
      const texts = [...statement.resources, ...(statement.conditions ?? []).flatMap(({ values }) => values)];
      const variable = texts.find((text) => text.includes('${'));
      if (variable) throwAt(at, `the sandbox cannot evaluate the policy variable in "${variable}"`);
      return statement;
    });
}

function conditionsOf(tests: Json, at: TemplateLocation): Condition[] {
  return Object.entries(tests).flatMap(([operator, keys]) => {
    if (!Object.hasOwn(CONDITION_OPERATORS, operator)) {
      throwAt(at, `the sandbox cannot evaluate the operator ${operator} in a policy statement`);
    }
    return Object.entries(keys as Json).map(([key, values]) => ({
      operator: operator as ConditionOperator,
      key,
      values: listOf(values).map(String),
    }));
  });
}

/**
 * Whether a statement can match a call that the caller makes directly. In the sandbox no AWS service makes calls on behalf
 * of a caller, so `aws:CalledViaLast` is never in the request, and StringEquals on it never matches.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-calledvialast
 */
function isForDirectCalls(statement: unknown): boolean {
  const { Condition: condition } = statement as { Condition?: { StringEquals?: Json } };
  return !Object.keys(condition?.StringEquals ?? {}).some((key) => key.toLowerCase() === 'aws:calledvialast');
}
