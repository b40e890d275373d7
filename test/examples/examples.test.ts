import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import { HelpDeskWorkflow } from '../../examples/help-desk-workflow/app';
import { definitionOf, definitionsOf, validationErrorsOf } from '../support/definition';
import { countSynthesis } from '../support/syntheses';
import { CONTEXTS, strictApp } from '../support/synthesis';

const EXAMPLES = join(__dirname, '..', '..', 'examples');
const FOLDERS = readdirSync(EXAMPLES, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? entry.name : [],
);

type StackClass = new (scope: Construct, id: string) => Stack;

const synthesized = new Map<string, Stack[]>();

/** Creates and synthesizes every stack class that an example exports, once for each of the flags. */
function synthesize(folder: string, flags: Record<string, unknown>): Stack[] {
  const key = JSON.stringify([folder, flags]);
  const known = synthesized.get(key);
  if (known !== undefined) return known;
  countSynthesis();
  const app = strictApp(flags);
  const exported = Object.entries<StackClass>(require(join(EXAMPLES, folder, 'app')));
  const stacks = exported.flatMap(([name, Class]) => (Class.prototype instanceof Stack ? [new Class(app, name)] : []));
  app.synth();
  synthesized.set(key, stacks);
  return stacks;
}

describe.each(CONTEXTS)('with $context,', ({ flags }) => {
  test.each(FOLDERS)('the example %s has no finding of the template validation or of cdk-nag', (folder) => {
    expect(synthesize(folder, flags).length).toBeGreaterThan(0);
  });

  test.each(FOLDERS)('the example %s has valid definitions of its state machines', (folder) => {
    for (const stack of synthesize(folder, flags)) {
      expect(definitionsOf(Template.fromStack(stack)).flatMap(validationErrorsOf)).toEqual([]);
    }
  });

  test('the help desk workflow has permissions only for its function, two calls of Cognito, its key and its log', () => {
    const template = Template.fromStack(new HelpDeskWorkflow(strictApp(flags), 'Example'));

    const policies = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties);
    const [{ PolicyDocument }, ...others] = policies.filter(({ Roles }) => /^WorkflowRole/.test(Roles[0].Ref)) as [
      { PolicyDocument: { Statement: Statement[] } },
    ];
    expect(others).toEqual([]);
    const [userPool] = Object.keys(template.findResources('AWS::Cognito::UserPool'));
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    const [lambdaFunction] = Object.keys(template.findResources('AWS::Lambda::Function'));
    const here = (...parts: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ...parts]] });
    const accountAndRegion = [{ Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
    const pool = { 'Fn::GetAtt': [userPool, 'Arn'] };
    const historyKey = { 'Fn::GetAtt': [key, 'Arn'] };
    const forHistory = {
      StringEquals: {
        'kms:EncryptionContext:aws:states:stateMachineArn': here(
          ':states:',
          ...accountAndRegion,
          ':stateMachine:help-desk-password-reset',
        ),
      },
    };
    const forLog = { StringEquals: { 'kms:EncryptionContext:SourceArn': here(':logs:', ...accountAndRegion, ':*') } };
    expect(permissionsOf(PolicyDocument.Statement)).toEqual(
      sorted([
        ['lambda:InvokeFunction', { 'Fn::GetAtt': [lambdaFunction, 'Arn'] }],
        ['cognito-idp:AdminGetUser', pool],
        ['cognito-idp:AdminUserGlobalSignOut', pool],
        ['kms:Decrypt', historyKey, forHistory],
        ['kms:GenerateDataKey', historyKey, forHistory],
        ['kms:GenerateDataKey', historyKey, forLog],
        // These actions do not support resources.
        ['logs:CreateLogDelivery', '*'],
        ['logs:DeleteLogDelivery', '*'],
        ['logs:DescribeLogGroups', '*'],
        ['logs:DescribeResourcePolicies', '*'],
        ['logs:GetLogDelivery', '*'],
        ['logs:ListLogDeliveries', '*'],
        ['logs:PutResourcePolicy', '*'],
        ['logs:UpdateLogDelivery', '*'],
      ]),
    );
  });
});

describe('the help desk workflow', () => {
  const template = Template.fromStack(new HelpDeskWorkflow(strictApp(), 'Example'));
  const { States } = definitionOf(template);

  test('writes no execution data to its log, and encrypts its history with a customer managed key', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'help-desk-password-reset',
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' },
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
    });
  });

  test('passes the user name on only to the states that call Cognito', () => {
    const kept = States['Reset password']?.Catch?.flatMap(({ Next, ResultPath }) => (ResultPath ? [Next] : []));
    expect(kept).toEqual(['Sign out', 'Let Cognito finish']);

    const ends = Object.values(States).filter(({ End }) => End);
    expect(ends.map(({ Result }) => Result)).toEqual(
      ['RESET_REQUIRED', 'USER_NOT_FOUND', 'NOT_RESET', 'RESET_REQUIRED', 'WRONG_STATE'].map((outcome) => ({
        outcome,
      })),
    );
    expect(Object.values(States).filter(({ Type }) => Type === 'Fail')).toEqual([
      { Type: 'Fail', ErrorPath: '$.Error', Cause: expect.not.stringContaining('$') },
    ]);
  });
});

test('the README of the examples has a row for each example', () => {
  const readme = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');

  expect(FOLDERS.filter((folder) => !readme.includes(`| [${folder}](${folder}/app.ts) |`))).toEqual([]);
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** One entry per action, because a feature flag merges statements. */
function permissionsOf(statements: readonly Statement[]): unknown[][] {
  return sorted(
    statements.flatMap(({ Effect, Action, Resource, Condition, ...others }) => {
      expect({ Effect, ...others }).toEqual({ Effect: 'Allow' });
      return [Action].flat().map((action) => [action, Resource, ...(Condition ? [Condition] : [])]);
    }),
  );
}

function sorted(permissions: unknown[][]): unknown[][] {
  return [...permissions].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
