import { type IRole, Policy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** What is different from one function of the library to the next. */
export type BundledFunctionProps = Omit<FunctionProps, 'handler' | 'runtime' | 'loggingFormat'> & {
  readonly role: IRole;
  /** All that the role is given. */
  readonly statements: readonly PolicyStatement[];
};

/** A bundled function in its scope, and the policy of its role, which holds the statements and nothing else. */
export function createBundledFunction(scope: Construct, options: BundledFunctionProps) {
  const { statements, ...props } = options;
  const lambdaFunction = new LambdaFunction(scope, 'Function', {
    ...props,
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: props.architecture ?? Architecture.ARM_64,
    memorySize: props.memorySize ?? 256,
    loggingFormat: LoggingFormat.JSON,
  });
  // In this stack, wherever the role is: a policy in the stack of the role would refer back to this one.
  const policy = new Policy(scope, 'Policy', { statements: statements.map((statement) => statement.copy()) });
  options.role.attachInlinePolicy(policy);
  lambdaFunction.node.addDependency(policy);
  return { lambdaFunction, policy };
}
