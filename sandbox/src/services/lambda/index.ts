export { LambdaService, type LambdaServiceOptions } from './lambda-service';
