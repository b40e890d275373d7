/** The public API of the sandbox, except for ./testing. */
export { type Fault, Faults } from './gateway/faults';
export { Gateway, type ReceivedCall, type RecordedCall } from './gateway/gateway';
export type { FunctionDefinition, KeyDefinition, Message, Service, SmsPath } from './model';
export { Sandbox, type SandboxOptions, type SentCall } from './sandbox';
export type { NewUser } from './services/cognito/user-administration';
export { DynamoDbService } from './services/dynamodb/dynamodb-service';
export { KmsService } from './services/kms/kms-service';
export { LambdaService } from './services/lambda';
export { nodeExecutableFor } from './services/lambda/node-executable';
export { S3Service } from './services/s3/s3-service';
export type { OriginationIdentity } from './services/sms/sms-account';
export type { Execution, StartOptions } from './services/step-functions';
