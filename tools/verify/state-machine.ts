/** What a state machine does, by the entry `task` of its input. */
export type MachineTask = 'crash' | 'missing' | 'map' | 'children';

/** The definition of all state machines: only their roles differ. */
export function machineDefinition(arns: { partition: string; functionArn: string; missingArn: string }): object {
  const { partition, functionArn, missingArn } = arns;
  const invoke = (arn: string, clientMetadata: object) => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: arn, Payload: { request: { clientMetadata } } },
    End: true,
  });
  const map = (name: string, state: object) => ({
    Type: 'Map',
    ItemsPath: '$.items',
    MaxConcurrency: 1,
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: name,
      States: { [name]: state },
    },
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
          { Variable: '$.task', StringEquals: 'children', Next: 'Invoke in children' },
        ],
        Default: 'Reset users-1',
      },
      Crash: invoke(functionArn, { verify: 'crash' }),
      Missing: invoke(missingArn, {}),
      // A child execution that calls something needs the role.
      'Invoke in children': map('Invoke', invoke(functionArn, {})),
      // Without a Label. Each child execution returns its own ARN, which has the label.
      'Reset users-1': map('Tell', {
        Type: 'Pass',
        Parameters: { 'arn.$': '$$.Execution.Id' },
        OutputPath: '$.arn',
        End: true,
      }),
    },
  };
}
