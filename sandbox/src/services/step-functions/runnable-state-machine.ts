import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import type { Assembly } from '../../assembly';
import type { RequestContext, StateMachineDefinition } from '../../model';
import { isAllowed } from '../iam/policy-evaluation';
import type { RoleCredentials } from '../iam/role-credentials';
import { compileDefinition } from './compile-definition';
import type { CompiledDefinition } from './compiled-definition';

/** What state machines are run with. */
export interface StepFunctionsServiceOptions {
  readonly assembly: Assembly;
  readonly credentials: RoleCredentials;
  /** Where the state machines reach the AWS APIs. */
  readonly endpoint: string;
}

/** A state machine that can be started: its definition, and the AWS APIs as its role reaches them. */
export class RunnableStateMachine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly keyArn?: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly program: CompiledDefinition;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly #options: StepFunctionsServiceOptions;

  constructor(definition: StateMachineDefinition, options: StepFunctionsServiceOptions) {
    this.name = definition.stateMachineName;
    this.arn = definition.stateMachineArn;
    this.roleArn = definition.roleArn;
    this.keyArn = definition.keyArn;
    this.type = definition.type;
    this.program = compileDefinition(definition.stateMachineName, definition.definition);
    this.#options = options;
    const client = {
      region: this.arn.split(':')[3],
      endpoint: options.endpoint,
      credentials: options.credentials.for(this.roleArn),
      // Whether to try again is the definition's to say.
      maxAttempts: 1,
      // An execution may run as many tasks at once as it likes.
      requestHandler: { httpAgent: { maxSockets: 1000 } },
    };
    this.lambda = new LambdaClient(client);
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
  }

  /** Whether the role of the state machine may do that. */
  isRoleAllowed(action: string, resource: string, context?: RequestContext): boolean {
    const role = this.#options.assembly.roles.find(({ roleArn }) => roleArn === this.roleArn);
    return role !== undefined && isAllowed(role, action, resource, context);
  }

  /** An ARN of the same account and Region, such as that of an execution. */
  arnOf(kind: string, resource: string): string {
    return `${this.arn.split(':').slice(0, 5).join(':')}:${kind}:${resource}`;
  }

  close(): void {
    this.lambda.destroy();
    this.s3.destroy();
  }
}
