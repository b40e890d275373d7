import { ArnFormat, Names, Stack } from 'aws-cdk-lib';
import { type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  type IStateMachine,
  LogLevel,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { CAMPAIGN_PREFIXES } from '../contract/campaign';
import { acknowledgeRules } from '../private/acknowledge-rules';
import { acknowledgeInlinePolicy } from '../private/security-rules';
import { acknowledgeWildcards, OBJECTS_REASON } from '../private/wildcards';
import { type DefinitionOptions, defineCampaign, MAP_LABEL } from './definition';
import { keyStatements, objectStatement } from './storage';

export interface StateMachineOptions extends DefinitionOptions {
  readonly encryptionKey: IKey;
  readonly logGroup: ILogGroup;
  readonly role?: IRole;
  readonly tracingEnabled: boolean;
}

/** The actions for log delivery, which do not support resource ARNs. */
const LOG_DELIVERY_ACTIONS = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
];

/**
 * Creates a state machine and the whole policy of its role. The statements that the CDK would add grant more, and would
 * be in the stack of the role.
 */
export function createStateMachine(scope: Construct, options: StateMachineOptions): IStateMachine {
  const { encryptionKey, logGroup } = options;
  const names = namesOf(scope);
  const role = options.role ?? createRole(scope, names);
  const policy = createPolicy(scope, names, options);
  role.attachInlinePolicy(policy);
  const stateMachine = new StateMachine(scope, 'StateMachine', {
    stateMachineName: names.stateMachine,
    definitionBody: DefinitionBody.fromChainable(defineCampaign(scope, options)),
    // The CDK does not add statements to an immutable imported role, and none to an imported key: see allowLogDelivery.
    role: Role.fromRoleArn(scope, 'AsItIs', role.roleArn, { mutable: false }),
    encryptionConfiguration: new CustomerManagedEncryptionConfiguration(
      Key.fromKeyArn(scope, 'KeyAsItIs', encryptionKey.keyArn),
    ),
    logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    tracingEnabled: options.tracingEnabled || undefined,
  });
  stateMachine.node.addDependency(policy);
  // The CDK creates this policy for the map, and cannot attach it to the immutable role.
  stateMachine.node.tryRemoveChild('DistributedMapPolicy');
  if (!options.tracingEnabled) {
    acknowledgeRules(stateMachine, {
      id: 'AwsSolutions-SF2',
      reason: 'The log tells of each state, and the report of each user: a trace of either would add nothing.',
    });
  }
  return stateMachine;
}

/**
 * Allows the delivery of logs to decrypt what the state machines encrypt for it. An imported key needs this statement in
 * its key policy.
 *
 * AWS shows the statement without a condition for AWS Step Functions, and so does the CDK: the delivery could decrypt
 * everything, on behalf of any account. But AWS limits the data keys of a state machine's logs to this encryption
 * context, and AWS KMS decrypts with the same context only. For the logs of Amazon EventBridge, AWS documents the
 * statement with this condition. AWS documents neither `aws:SourceArn` nor `aws:SourceAccount` for it.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-bus-logs.html
 */
export function allowLogDelivery(scope: Construct, encryptionKey: IKey): void {
  encryptionKey.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['kms:Decrypt'],
      resources: ['*'],
      conditions: { StringLike: logEncryptionContext(scope) },
    }),
  );
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
function tracingStatements(): PolicyStatement[] {
  return [
    // These actions do not support resource ARNs.
    new PolicyStatement({
      actions: [
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
      resources: ['*'],
    }),
  ];
}

/** The name of a state machine, known before it is created, and the ARNs that contain the name. */
interface StateMachineNames {
  readonly stateMachine: string;
  readonly arn: string;
  /** Matches the ARNs of the state machine, of its map, and of its versions and aliases. */
  readonly arnPatterns: string[];
  /** Matches everything that belongs to the state machine as well: its executions, map runs and their executions. */
  readonly sourceArnPatterns: string[];
  readonly executions: string;
  readonly mapExecutions: string;
}

function namesOf(scope: Construct): StateMachineNames {
  const name = Names.uniqueResourceName(scope, { maxLength: 80, separator: '-' });
  const arnOf = (resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({
      service: 'states',
      resource,
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  // The name is followed by a colon or a slash in all of them, so that no other state machine matches.
  const arnPatterns = [name, `${name}:*`, `${name}/*`].map((pattern) => arnOf('stateMachine', pattern));
  return {
    stateMachine: name,
    arn: arnOf('stateMachine', name),
    arnPatterns,
    sourceArnPatterns: [
      ...arnPatterns,
      ...['execution', 'express'].flatMap((kind) => [arnOf(kind, `${name}:*`), arnOf(kind, `${name}/*`)]),
      arnOf('mapRun', `${name}/*`),
    ],
    executions: arnOf('execution', `${name}:*`),
    mapExecutions: arnOf('execution', `${name}/${MAP_LABEL}:*`),
  };
}

/**
 * Creates the role, which AWS Step Functions can assume for this state machine and what belongs to it. AWS does not
 * document which ARN the child executions of a map present, so all forms that it documents for any of them match.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html
 */
function createRole(scope: Construct, names: StateMachineNames): IRole {
  return new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnLike: { 'aws:SourceArn': names.sourceArnPatterns },
      },
    }),
  });
}

/**
 * Creates the policy of the role.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
 */
function createPolicy(scope: Construct, names: StateMachineNames, options: StateMachineOptions): Policy {
  const { bucket, functions, encryptionKey } = options;
  const { preflight, listing, worker, summary } = functions;
  const objects = [
    objectStatement(bucket, CAMPAIGN_PREFIXES.ranges, 's3:GetObject'),
    objectStatement(
      bucket,
      CAMPAIGN_PREFIXES.results,
      's3:AbortMultipartUpload',
      's3:GetObject',
      's3:ListMultipartUploadParts',
      's3:PutObject',
    ),
  ];
  const executions = [
    new PolicyStatement({
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resources: [names.executions],
    }),
    new PolicyStatement({ actions: ['states:RedriveExecution'], resources: [names.mapExecutions] }),
  ];
  // These actions do not support resource ARNs.
  const logDelivery = new PolicyStatement({ actions: LOG_DELIVERY_ACTIONS, resources: ['*'] });
  const policy = new Policy(scope, 'Policy', {
    statements: [
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [preflight, listing, worker, summary].map(({ functionArn }) => functionArn),
      }),
      ...objects,
      ...keyStatements(scope, bucket, 'kms:Decrypt', 'kms:GenerateDataKey'),
      new PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [encryptionKey.keyArn],
        // Which ARN the child executions present is not documented either.
        conditions: { StringLike: { 'kms:EncryptionContext:aws:states:stateMachineArn': names.arnPatterns } },
      }),
      // For the delivery of logs to the log group.
      new PolicyStatement({
        actions: ['kms:GenerateDataKey'],
        resources: [encryptionKey.keyArn],
        conditions: { StringEquals: logEncryptionContext(scope) },
      }),
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [names.arn] }),
      ...executions,
      logDelivery,
      ...(options.tracingEnabled ? tracingStatements() : []),
    ],
  });
  acknowledgeInlinePolicy(policy);
  acknowledgeWildcards(policy, objects, OBJECTS_REASON);
  acknowledgeWildcards(policy, executions, 'Executions have names that are not known before.');
  acknowledgeWildcards(policy, [logDelivery], 'Log delivery has no resources that its actions could be limited to.');
  return policy;
}

/** The encryption context of logs that are delivered. AWS documents the ARN with an asterisk, which is part of it. */
function logEncryptionContext(scope: Construct): Record<string, string> {
  return {
    'kms:EncryptionContext:SourceArn': Stack.of(scope).formatArn({
      service: 'logs',
      resource: '*',
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    }),
  };
}
