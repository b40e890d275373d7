/** What a state machine does, by the entry `task` of its input. */
export type MachineTask = 'crash' | 'missing' | 'map';

/** The definition of both state machines: only the policies of their roles differ. */
export function machineDefinition(arns: { partition: string; functionArn: string; missingArn: string }): object {
  const { partition, functionArn, missingArn } = arns;
  const invoke = (arn: string) => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: arn, Payload: { request: { clientMetadata: { verify: 'crash' } } } },
    End: true,
  });
  return {
    StartAt: 'Choose',
    // Whatever happens, an execution ends soon.
    TimeoutSeconds: 120,
    States: {
      Choose: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.task', StringEquals: 'crash', Next: 'Crash' },
          { Variable: '$.task', StringEquals: 'missing', Next: 'Missing' },
        ],
        Default: 'Reset users-1',
      },
      Crash: invoke(functionArn),
      Missing: invoke(missingArn),
      // Without a Label. Each child execution returns its own ARN, which has the label.
      'Reset users-1': {
        Type: 'Map',
        ItemsPath: '$.items',
        MaxConcurrency: 1,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Tell',
          States: {
            Tell: { Type: 'Pass', Parameters: { 'arn.$': '$$.Execution.Id' }, OutputPath: '$.arn', End: true },
          },
        },
        End: true,
      },
    },
  };
}
