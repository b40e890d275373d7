import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import type { Assembly } from '../../assembly';
import type { RequestContext, StateMachineDefinition } from '../../model';
import { isAllowed } from '../iam/policy-evaluation';
import type { RoleCredentials } from '../iam/role-credentials';
import { canAssumeRole } from '../iam/trust-policy';
import { compileDefinition } from './compile-definition';
import type { CompiledDefinition } from './compiled-definition';

/** What state machines need to run. */
export interface StepFunctionsServiceOptions {
  readonly assembly: Assembly;
  readonly credentials: RoleCredentials;
  /** The endpoint of the local AWS APIs. */
  readonly endpoint: string;
}

/** A state machine that can be started: its compiled definition, and AWS clients with the credentials of its role. */
export class RunnableStateMachine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly keyArn?: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly definition: CompiledDefinition;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly #options: StepFunctionsServiceOptions;

  constructor(definition: StateMachineDefinition, options: StepFunctionsServiceOptions) {
    this.name = definition.stateMachineName;
    this.arn = definition.stateMachineArn;
    this.roleArn = definition.roleArn;
    this.keyArn = definition.keyArn;
    this.type = definition.type;
    this.definition = compileDefinition(definition.stateMachineName, definition.definition);
    this.#options = options;
    const client = {
      region: this.arn.split(':')[3],
      endpoint: options.endpoint,
      credentials: options.credentials.for(this.roleArn),
      // Retries are up to the definition.
      maxAttempts: 1,
      // The number of concurrent tasks of an execution is not limited here.
      requestHandler: { httpAgent: { maxSockets: 1000 } },
    };
    this.lambda = new LambdaClient(client);
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
  }

  /** Whether the policies of the state machine's role allow an action on a resource. */
  isRoleAllowed(action: string, resource: string, context?: RequestContext): boolean {
    const role = this.#options.assembly.roles.find(({ roleArn }) => roleArn === this.roleArn);
    return role !== undefined && isAllowed(role, action, resource, context);
  }

  /** Whether the trust policy of the role lets AWS Step Functions assume it for this ARN. */
  canAssumeRole(sourceArn: string): boolean {
    const role = this.#options.assembly.roles.find(({ roleArn }) => roleArn === this.roleArn);
    const context = { 'aws:SourceAccount': this.arn.split(':')[4], 'aws:SourceArn': sourceArn };
    // The role of another app is not known.
    return role === undefined || canAssumeRole(role, { service: 'states.amazonaws.com', context });
  }

  /** An ARN in the account and Region of the state machine, such as that of an execution. */
  arnOf(kind: string, resource: string): string {
    return `${this.arn.split(':').slice(0, 5).join(':')}:${kind}:${resource}`;
  }

  close(): void {
    this.lambda.destroy();
    this.s3.destroy();
  }
}
