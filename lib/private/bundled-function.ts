import { type IRole, Policy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

/** The properties in which the functions of this library differ. */
export type BundledFunctionProps = Omit<FunctionProps, 'handler' | 'runtime' | 'loggingFormat'> & {
  readonly role: IRole;
  /** All statements of the policy of the role. */
  readonly statements: readonly PolicyStatement[];
};

/** Creates a function from its bundle, and a policy for its role with the given statements and no others. */
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
  // The policy belongs to this stack. In the stack of the role it would refer back to this stack.
  const policy = new Policy(scope, 'Policy', { statements: statements.map((statement) => statement.copy()) });
  options.role.attachInlinePolicy(policy);
  lambdaFunction.node.addDependency(policy);
  return { lambdaFunction, policy };
}
