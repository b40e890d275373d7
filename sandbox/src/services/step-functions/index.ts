export type { Execution, ExecutionResult, StartOptions } from './execution';
export { StepFunctionsService } from './step-functions-service';
