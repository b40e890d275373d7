/** What a state machine does, by the entry `task` of its input. */
export type MachineTask = 'crash' | 'missing' | 'map' | 'children' | 'batches';

/** The most bytes of a batch. */
const MAX_BATCH_BYTES = 40;

/**
 * Items of 12 bytes as JSON. A batch has two of them when the whole input of its child execution counts, which is
 * `{"Items":[…]}`, and three when only the items do.
 */
export const ITEMS_OF_BATCHES = Array.from({ length: 6 }, () => 'a'.repeat(10));

/** The definition of all state machines: only their roles differ. */
export function machineDefinition(arns: { partition: string; functionArn: string; missingArn: string }): object {
  const { partition, functionArn, missingArn } = arns;
  const invoke = (arn: string, clientMetadata: object) => ({
    Type: 'Task',
    Resource: `arn:${partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: arn, Payload: { request: { clientMetadata } } },
    End: true,
  });
  const map = (name: string, state: object, options: object = {}) => ({
    ...options,
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
          { Variable: '$.task', StringEquals: 'batches', Next: 'Make batches' },
        ],
        Default: 'Reset users-1',
      },
      Crash: invoke(functionArn, { verify: 'crash' }),
      Missing: invoke(missingArn, {}),
      // A child execution that calls something needs the role.
      'Invoke in children': map('Invoke', invoke(functionArn, {})),
      // Each child execution returns its batch.
      'Make batches': map(
        'Return',
        { Type: 'Pass', OutputPath: '$.Items', End: true },
        { ItemBatcher: { MaxInputBytesPerBatch: MAX_BATCH_BYTES } },
      ),
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
