export type { Execution, ExecutionResult, StartOptions } from './model';
export { StepFunctionsService } from './step-functions-service';
