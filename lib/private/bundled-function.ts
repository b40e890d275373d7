import { type IRole, Policy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  type FunctionProps,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { BundledFunctionOptions } from '../function/bundled-function-options';
import { type FunctionOptions, isTraced, optionStatements } from './function-options';
import { acknowledgeInlinePolicy, acknowledgeNoDestination } from './security-rules';
import { acknowledgeWildcards } from './wildcards';

/** The properties in which the functions of this library differ. */
export type BundledFunctionProps = Omit<
  FunctionProps,
  'handler' | 'runtime' | 'loggingFormat' | keyof BundledFunctionOptions
> & {
  readonly role: IRole;
  /** All statements of the policy of the role but those that the options need. */
  readonly statements: readonly PolicyStatement[];
};

const NETWORK_REASON = 'Network interfaces have ids that are not known before, and Lambda manages them.';

/** Creates a function from its bundle, and a policy for its role with the statements that it needs and no others. */
export function createBundledFunction(scope: Construct, options: FunctionOptions, props: BundledFunctionProps) {
  const { tracing, environmentEncryption, ...functionOptions } = options;
  const { statements: ownStatements, ...functionProps } = props;
  const lambdaFunction = new LambdaFunction(scope, 'Function', {
    ...functionProps,
    ...functionOptions,
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: options.architecture ?? Architecture.ARM_64,
    memorySize: props.memorySize ?? 256,
    loggingFormat: LoggingFormat.JSON,
  });
  // Set on the L1 resource, because the L2 property would add another policy to the role.
  const resource = lambdaFunction.node.defaultChild as CfnFunction;
  if (isTraced(options)) resource.tracingConfig = { mode: tracing };
  resource.kmsKeyArn = environmentEncryption?.keyRef.keyArn;
  // The policy belongs to this stack. In the stack of the role it would refer back to this stack.
  const forOptions = optionStatements(scope, options);
  const statements = [...ownStatements, ...forOptions];
  const policy = new Policy(scope, 'Policy', { statements: statements.map((statement) => statement.copy()) });
  acknowledgeWildcards(policy, forOptions, NETWORK_REASON);
  acknowledgeInlinePolicy(policy);
  acknowledgeNoDestination(lambdaFunction);
  props.role.attachInlinePolicy(policy);
  lambdaFunction.node.addDependency(policy);
  return { lambdaFunction, policy, statements };
}
