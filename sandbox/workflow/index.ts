export type { Execution, ExecutionResult, StartOptions } from './execution';
export { WorkflowService } from './workflow-service';
