import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AdminPasswordReset, BulkPasswordReset, type BulkPasswordResetProps } from '../../../lib';
import { type Definition, definitionOf, validationErrorsOf } from '../../support/definition';
import { grantsOf, linesOf, type Statement } from '../../support/policies';
import { CONTEXTS } from '../../support/synthesis';

const ACCOUNT = '111122223333';
const MACHINES = [
  { machine: 'Campaign', dryRunOnly: false, name: 'Stack-Bulk-Campaign-AC4FA04C' },
  { machine: 'DryRun', dryRunOnly: true, name: 'Stack-Bulk-DryRun-0A21AF63' },
] as const;
type Machine = (typeof MACHINES)[number]['machine'];

/** The references in the definition. */
const PREFLIGHT = reference('BulkPreflightFunction6539F899.Arn');
const LISTING = reference('BulkListingFunction5DF90517.Arn');
const WORKER = reference('BulkWorkerFunction504C016A.Arn');
const SUMMARY = reference('BulkSummaryFunction4DCDC25F.Arn');
const BUCKET = reference('BulkBucket821E2CE9');
const PARTITION = expect.stringMatching(/^arn:(\$\{AWS::Partition\}|aws):states:::s3:(getObject|putObject)$/);

/** The retries of each step. They do not include a refused campaign. */
const RETRY = [
  {
    ErrorEquals: [
      'Lambda.TooManyRequestsException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.Unknown',
      'Sandbox.Timedout',
      'Runtime.ExitError',
      'Runtime.OutOfMemory',
      'CampaignStepFailedError',
    ],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    JitterStrategy: 'FULL',
  },
];

describe.each(CONTEXTS)('BulkPasswordReset with $context', ({ flags }) => {
  describe.each(MACHINES)('the $machine state machine', ({ machine, dryRunOnly, name }) => {
    const { template } = synthesize({}, flags);

    test('checks, lists, resets and reports', () => {
      const definition = definitionFor(template, machine);

      expect(definition).toEqual({
        StartAt: 'Start',
        States: {
          Start: {
            Type: 'Pass',
            Parameters: {
              'input.$': '$',
              'run.$': '$$.Execution.Name',
              'startedAt.$': '$$.Execution.StartTime',
              dryRunOnly,
            },
            Next: 'Preflight',
          },
          Preflight: {
            Type: 'Task',
            Resource: PREFLIGHT,
            Parameters: { step: 'FIRST', 'start.$': '$' },
            Retry: RETRY,
            Next: 'List users',
          },
          'List users': {
            Type: 'Task',
            Resource: LISTING,
            Parameters: { 'campaign.$': '$.campaign', 'listing.$': '$.listing' },
            ResultPath: '$.listing',
            Retry: RETRY,
            Next: 'All listed?',
          },
          'All listed?': {
            Type: 'Choice',
            Choices: [{ Variable: '$.listing.done', BooleanEquals: true, Next: 'Check the numbers' }],
            Default: 'List users',
          },
          'Check the numbers': {
            Type: 'Task',
            Resource: PREFLIGHT,
            Parameters: {
              step: 'COUNTS',
              'campaign.$': '$.campaign',
              'listing.$': '$.listing',
              'signing.$': '$.signing',
            },
            ResultPath: '$.summary',
            Retry: RETRY,
            Next: 'Anybody to reset?',
          },
          'Anybody to reset?': {
            Type: 'Choice',
            Choices: [
              {
                Or: [
                  { Variable: '$.listing.counts.users', NumericGreaterThan: 0 },
                  { Variable: '$.listing.counts.signOuts', NumericGreaterThan: 0 },
                ],
                Next: 'Reset users',
              },
            ],
            Default: 'Summarize',
          },
          'Reset users': {
            Type: 'Map',
            Label: 'Users',
            ItemReader: {
              Resource: PARTITION,
              ReaderConfig: { InputType: 'JSONL' },
              Parameters: { Bucket: BUCKET, 'Key.$': '$.listing.objects.rangesKey' },
            },
            ItemSelector: {
              campaign: {
                'campaignId.$': '$.campaign.campaignId',
                'run.$': '$.campaign.run',
                'clientMetadata.$': '$.campaign.clientMetadata',
                'dryRun.$': '$.campaign.dryRun',
              },
              'users.$': '$.listing.counts.users',
              'listingKey.$': '$.listing.objects.listingKey',
              'range.$': '$$.Map.Item.Value',
            },
            MaxConcurrency: 2,
            ToleratedFailurePercentage: 5,
            ItemProcessor: {
              ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
              StartAt: 'Reset a batch',
              States: {
                'Reset a batch': {
                  Type: 'Task',
                  Resource: WORKER,
                  Parameters: {
                    'campaign.$': '$.campaign',
                    'users.$': '$.users',
                    'listingKey.$': '$.listingKey',
                    'range.$': '$.range',
                    'startedAt.$': '$$.Execution.StartTime',
                  },
                  Retry: [
                    { ErrorEquals: ['CampaignListingChangedError'], MaxAttempts: 0 },
                    {
                      ErrorEquals: ['States.ALL'],
                      IntervalSeconds: 1,
                      MaxAttempts: 10,
                      BackoffRate: 1.5,
                      MaxDelaySeconds: 20,
                      JitterStrategy: 'FULL',
                    },
                  ],
                  End: true,
                },
              },
            },
            // Without a feature flag, the CDK omits it. The construct sets the flag on its own node.
            ResultWriter: {
              Resource: PARTITION,
              Parameters: {
                Bucket: BUCKET,
                'Prefix.$': "States.Format('results/{}/{}', $.campaign.campaignId, $.campaign.run)",
              },
              WriterConfig: { OutputType: 'JSON', Transformation: 'COMPACT' },
            },
            ResultPath: null,
            Next: 'Summarize',
          },
          Summarize: {
            Type: 'Task',
            Resource: SUMMARY,
            Parameters: { 'campaign.$': '$.campaign', 'summary.$': '$.summary' },
            ResultPath: '$.summary',
            Retry: RETRY,
            Next: 'All counted?',
          },
          'All counted?': {
            Type: 'Choice',
            Choices: [{ Variable: '$.summary.done', BooleanEquals: true, Next: 'Halted?' }],
            Default: 'Wait',
          },
          Wait: { Type: 'Wait', SecondsPath: '$.summary.waitSeconds', Next: 'Summarize' },
          'Halted?': {
            Type: 'Choice',
            Choices: [{ Variable: '$.summary.result.halted', IsPresent: true, Next: 'Halted' }],
            Default: 'Done',
          },
          Halted: {
            Type: 'Fail',
            Error: 'CampaignHaltedError',
            CausePath:
              "States.Format('Cognito refused everybody with {}: fix the cause, and start the campaign again with the same campaignId, because a redrive would only fail again. The report is in the bucket {} below {}', $.summary.result.halted.reason, $.summary.result.report.bucket, $.summary.result.report.prefix)",
          },
          Done: { Type: 'Succeed', OutputPath: '$.summary.result' },
        },
      });
      expect(validationErrorsOf(deployed(definition))).toEqual([]);
    });

    test('tries to sign first if ClientMetadata is signed', () => {
      const definition = definitionFor(synthesize({ signs: true }, flags).template, machine);
      const { States: states } = definitionFor(template, machine);

      expect(definition.States).toEqual({
        ...states,
        Start: { ...states.Start, Next: 'Try to sign' },
        'Try to sign': {
          Type: 'Task',
          Resource: WORKER,
          Parameters: { probe: 'SIGNING' },
          ResultPath: '$.signing',
          Retry: RETRY,
          Next: 'Preflight',
        },
      });
      expect(validationErrorsOf(deployed(definition))).toEqual([]);
    });

    test('has a role with exactly the required permissions', () => {
      const of = (id: string) => `<${id}>`;
      const key = of('BulkKey31112037.Arn');
      const bucket = of('BulkBucket821E2CE9.Arn');
      const arn = `arn:aws:states:us-east-1:${ACCOUNT}`;
      // The condition that the CDK writes for a state machine without a name never matches.
      const history = ` if StringLike kms:EncryptionContext:aws:states:stateMachineArn ${['', ':*', '/*'].map((end) => `${arn}:stateMachine:${name}${end}`).join(' or ')}`;
      const throughS3 = ' if StringEquals kms:ViaService s3.us-east-1.amazonaws.com';

      expect(grantsOf(template, roleOf(template, machine))).toEqual(
        [
          // No versions and aliases of the functions.
          `lambda:InvokeFunction on ${of('BulkListingFunction5DF90517.Arn')}`,
          `lambda:InvokeFunction on ${of('BulkPreflightFunction6539F899.Arn')}`,
          `lambda:InvokeFunction on ${of('BulkSummaryFunction4DCDC25F.Arn')}`,
          `lambda:InvokeFunction on ${of('BulkWorkerFunction504C016A.Arn')}`,
          // No other objects. The CDK would let the map read and write the whole bucket.
          `s3:AbortMultipartUpload on ${bucket}/results/*`,
          `s3:GetObject on ${bucket}/ranges/*`,
          `s3:GetObject on ${bucket}/results/*`,
          `s3:ListMultipartUploadParts on ${bucket}/results/*`,
          `s3:PutObject on ${bucket}/results/*`,
          // The CDK does not grant permission to use the key of the bucket.
          `kms:Decrypt on ${key}${throughS3}`,
          `kms:GenerateDataKey on ${key}${throughS3}`,
          `kms:Decrypt on ${key}${history}`,
          `kms:GenerateDataKey on ${key}${history}`,
          `kms:GenerateDataKey on ${key} if StringEquals kms:EncryptionContext:SourceArn arn:aws:logs:us-east-1:${ACCOUNT}:*`,
          `states:StartExecution on ${arn}:stateMachine:${name}`,
          `states:DescribeExecution on ${arn}:execution:${name}:*`,
          `states:StopExecution on ${arn}:execution:${name}:*`,
          `states:RedriveExecution on ${arn}:execution:${name}/Users:*`,
          'logs:CreateLogDelivery on *',
          'logs:DeleteLogDelivery on *',
          'logs:DescribeLogGroups on *',
          'logs:DescribeResourcePolicies on *',
          'logs:GetLogDelivery on *',
          'logs:ListLogDeliveries on *',
          'logs:PutResourcePolicy on *',
          'logs:UpdateLogDelivery on *',
        ].sort(),
      );
    });

    test('has a role that AWS Step Functions can assume for this state machine and what belongs to it only', () => {
      const { Ref: id } = roleOf(template, machine);
      const { Properties } = template.findResources('AWS::IAM::Role')[id] as { Properties: Record<string, never> };
      const arn = `arn:aws:states:us-east-1:${ACCOUNT}`;
      // AWS does not document which of them the child executions of the map present.
      const arns = [
        `${arn}:stateMachine:${name}`,
        `${arn}:stateMachine:${name}:*`,
        `${arn}:stateMachine:${name}/*`,
        `${arn}:execution:${name}:*`,
        `${arn}:execution:${name}/*`,
        `${arn}:express:${name}:*`,
        `${arn}:express:${name}/*`,
        `${arn}:mapRun:${name}/*`,
      ];

      const { AssumeRolePolicyDocument, ...properties } = Properties;
      expect(properties).toEqual({});
      const [trust, ...others] = (AssumeRolePolicyDocument as { Statement: Statement[] }).Statement;
      expect(others).toEqual([]);
      expect(linesOf([{ ...(trust as Statement), Resource: 'it' }])).toEqual([
        `Service states.amazonaws.com: sts:AssumeRole on it if StringEquals aws:SourceAccount ${ACCOUNT}, ArnLike aws:SourceArn ${arns.join(' or ')}`,
      ]);
    });

    test('is encrypted, logs every state without execution data, and depends on its policy', () => {
      const { DependsOn, Properties } = resourceOf(template, machine);
      const { DefinitionString, RoleArn, ...properties } = Properties;

      expect(properties).toEqual({
        StateMachineName: name,
        EncryptionConfiguration: {
          Type: 'CUSTOMER_MANAGED_KMS_KEY',
          KmsKeyId: { 'Fn::GetAtt': ['BulkKey31112037', 'Arn'] },
          KmsDataKeyReusePeriodSeconds: 300,
        },
        LoggingConfiguration: {
          Level: 'ALL',
          IncludeExecutionData: false,
          Destinations: [
            {
              CloudWatchLogsLogGroup: {
                LogGroupArn: { 'Fn::GetAtt': ['BulkStateMachineLogGroupB23A1BD3', 'Arn'] },
              },
            },
          ],
        },
      });
      expect(DependsOn).toEqual([expect.stringMatching(`^Bulk${machine}Policy`)]);
    });
  });
});

test.each([
  { rate: 0.1, workers: 2, batch: 2 },
  { rate: 1, workers: 2, batch: 22 },
  { rate: 10, workers: 2, batch: 225 },
  { rate: 12, workers: 2, batch: 270 },
  { rate: 12.5, workers: 3, batch: 187 },
  { rate: 24, workers: 4, batch: 270 },
  { rate: 30, workers: 5, batch: 270 },
])(
  'BulkPasswordReset shares $rate resets per second among $workers workers with batches of $batch users',
  ({ rate, workers, batch }) => {
    const { template } = synthesize({ maxResetsPerSecond: rate, useWholeQuota: true });
    for (const { machine } of MACHINES)
      expect(definitionFor(template, machine).States['Reset users']).toMatchObject({ MaxConcurrency: workers });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^Lists the users'),
      Environment: { Variables: Match.objectLike({ USERS_PER_BATCH: `${batch}` }) },
    });
  },
);

test('BulkPasswordReset gives each state machine a unique name across stacks and constructs', () => {
  const app = new App();
  const stacks = ['One', 'Two'].map((id) => new Stack(app, id));
  for (const stack of stacks) {
    const passwordReset = new AdminPasswordReset(stack, 'Reset', { userPool: importedPool(stack) });
    for (const id of ['Breach', 'Drill']) new BulkPasswordReset(stack, id, { passwordReset });
  }
  const names = stacks
    .flatMap((stack) => Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine')))
    .map(({ Properties }) => Properties.StateMachineName);
  expect(new Set(names).size).toBe(8);
});

function synthesize(
  { signs, ...props }: Partial<BulkPasswordResetProps> & { readonly signs?: boolean } = {},
  context: Record<string, unknown> = {},
) {
  const stack = new Stack(new App({ context }), 'Stack', { env: { account: ACCOUNT, region: 'us-east-1' } });
  const signingKey = Key.fromKeyArn(stack, 'SigningKey', `arn:aws:kms:us-east-1:${ACCOUNT}:key/signing`);
  const passwordReset = new AdminPasswordReset(stack, 'Reset', {
    userPool: importedPool(stack),
    ...(signs && { signingKey }),
  });
  new BulkPasswordReset(stack, 'Bulk', { passwordReset, ...props });
  return { template: Template.fromStack(stack) };
}

function importedPool(stack: Stack) {
  return UserPool.fromUserPoolId(stack, 'Pool', 'us-east-1_AbC');
}

function resourceOf(template: Template, machine: Machine) {
  const [found] = Object.entries(template.findResources('AWS::StepFunctions::StateMachine')).filter(([id]) =>
    id.startsWith(`Bulk${machine}`),
  );
  if (found === undefined) throw new Error(`no state machine ${machine}`);
  return found[1];
}

function definitionFor(template: Template, machine: Machine) {
  return definitionOf(Template.fromJSON({ Resources: { Machine: resourceOf(template, machine) } }));
}

/** Replaces the references to functions with ARNs, which the validator accepts. */
function deployed(definition: Definition): Definition {
  const arn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:$1`;
  return JSON.parse(JSON.stringify(definition).replaceAll(/\$\{(\w+Function\w+)\.Arn\}/g, arn));
}

function roleOf(template: Template, machine: Machine): { Ref: string } {
  const ids = Object.keys(template.findResources('AWS::IAM::Role'));
  return { Ref: ids.find((id) => id.startsWith(`Bulk${machine}Role`)) ?? 'none' };
}

function reference(to: string): string {
  return `\${${to}}`;
}
