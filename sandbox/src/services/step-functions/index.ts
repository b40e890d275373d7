export type { Execution, ExecutionResult, StartOptions } from './execution';
export { StepFunctionsApi } from './step-functions-api';
export { StepFunctionsService } from './step-functions-service';
