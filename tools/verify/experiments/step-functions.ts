import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Experiment, Stage } from '../experiment';
import { ITEMS_OF_BATCHES, type MachineTask } from '../state-machine';

/** The experiments for sandbox/src/services/step-functions/assumptions.ts that need no bucket. */
export const STEP_FUNCTIONS_EXPERIMENTS: readonly Experiment[] = [
  {
    assumption: 'functionErrorName',
    origin: 'step-functions',
    expected: 'Runtime.ExitError for a function that exits',
    see: async (stage) => `${await errorOf(stage, 'StateMachineArn', 'crash')} for a function that exits`,
  },
  {
    assumption: 'lambdaApiErrorName',
    origin: 'step-functions',
    expected: 'no permission: Lambda.AWSLambdaException, no such function: Lambda.ResourceNotFoundException',
    see: async (stage) => {
      const denied = await errorOf(stage, 'NarrowStateMachineArn', 'crash');
      const missing = await errorOf(stage, 'StateMachineArn', 'missing');
      return `no permission: ${denied}, no such function: ${missing}`;
    },
  },
  {
    assumption: 'permissionsError',
    origin: 'step-functions',
    expected: 'States.Permissions',
    see: (stage) => errorOf(stage, 'NarrowStateMachineArn', 'map'),
  },
  {
    assumption: 'childSourceArn',
    origin: 'step-functions',
    expected: 'a role for (state machine)/(label) is enough, and one without it is not',
    see: async (stage) => {
      const label = await errorOf(stage, 'LabelStateMachineArn', 'children');
      const plain = await errorOf(stage, 'PlainStateMachineArn', 'children');
      return [
        `a role for (state machine)/(label) is ${label === 'SUCCEEDED' ? 'enough' : `not enough: ${label}`}`,
        `and one without it is ${plain === 'SUCCEEDED' ? 'enough too' : 'not'}`,
      ].join(', ');
    },
  },
  {
    assumption: 'batchSizeInBytes',
    origin: 'step-functions',
    expected: '2 items in a batch, so the whole input counts',
    see: async (stage) => {
      const { output, error, status } = await execute(stage, 'StateMachineArn', 'batches', ITEMS_OF_BATCHES);
      if (output === undefined) return error ?? String(status);
      const [batch = []] = JSON.parse(output) as unknown[][];
      return batch.length === 2 ? '2 items in a batch, so the whole input counts' : `${batch.length} items in a batch`;
    },
  },
  {
    assumption: 'defaultLabel',
    origin: 'step-functions',
    expected: 'Resetusers1 for a map of the name Reset users-1',
    see: async (stage) => {
      const { output, error } = await execute(stage, 'StateMachineArn', 'map');
      const [child = ''] = output === undefined ? [] : (JSON.parse(output) as string[]);
      const [, label] = /:execution:[^/]+\/([^:]+):/.exec(child) ?? [];
      return `${label ?? error ?? 'no label'} for a map of the name Reset users-1`;
    },
  },
];

/** How long an execution that was started may not be found, in milliseconds. */
const MAX_DELAY = 30_000;

type Machine = 'StateMachineArn' | 'NarrowStateMachineArn' | 'LabelStateMachineArn' | 'PlainStateMachineArn';

async function errorOf(stage: Stage, machine: Machine, task: MachineTask): Promise<string> {
  const { status, error } = await execute(stage, machine, task);
  return error ?? String(status);
}

/** Runs a state machine to its end, which its own timeout brings about at the latest. */
async function execute(
  stage: Stage,
  machine: Machine,
  task: MachineTask,
  items: readonly unknown[] = [1],
): Promise<DescribeExecutionCommandOutput> {
  const { stepFunctions, outputs, clock } = stage;
  const input = JSON.stringify({ task, items });
  const started = new StartExecutionCommand({ stateMachineArn: outputs[machine], input });
  const { executionArn } = await stepFunctions.send(started);
  const startedAt = clock.now();
  for (;;) {
    try {
      const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
    } catch (error) {
      // AWS describes executions with a delay.
      if (!(error instanceof ExecutionDoesNotExist) || clock.now() - startedAt > MAX_DELAY) throw error;
    }
    await clock.wait(500);
  }
}
