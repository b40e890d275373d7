import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Experiment, Stage } from '../experiment';
import type { MachineTask } from '../state-machine';

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

type Machine = 'StateMachineArn' | 'NarrowStateMachineArn';

async function errorOf(stage: Stage, machine: Machine, task: MachineTask): Promise<string> {
  const { status, error } = await execute(stage, machine, task);
  return error ?? String(status);
}

/** Runs a state machine to its end, which its own timeout brings about at the latest. */
async function execute(stage: Stage, machine: Machine, task: MachineTask): Promise<DescribeExecutionCommandOutput> {
  const { stepFunctions, outputs, clock } = stage;
  const input = JSON.stringify({ task, items: [1] });
  const started = new StartExecutionCommand({ stateMachineArn: outputs[machine], input });
  const { executionArn } = await stepFunctions.send(started);
  for (;;) {
    const ended = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    if (ended.status !== 'RUNNING') return ended;
    await clock.wait(500);
  }
}
