import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { BundledFunctionOptions } from '../function/bundled-function-options';
import { requireKeyArn } from './signing-key';
import { listOf, oneOf, type PropertyTypes, TYPES } from './validate-props';

export const FUNCTION_OPTION_TYPES: PropertyTypes<BundledFunctionOptions>['optional'] = {
  tracing: oneOf('Tracing', Tracing),
  reservedConcurrentExecutions: TYPES.number,
  architecture: TYPES.architecture,
  vpc: TYPES.vpc,
  vpcSubnets: TYPES.subnetSelection,
  securityGroups: listOf(TYPES.securityGroup),
  environmentEncryption: TYPES.keyRef,
  logGroup: TYPES.logGroup,
  codeSigningConfig: TYPES.codeSigningConfig,
};

/** The options of the functions of one construct, with the log group and the security groups that they share. */
export type FunctionOptions = BundledFunctionOptions & { readonly logGroup: ILogGroup };

/** Completes the options. Without them, a log group is created, and with a VPC a security group. */
export function functionOptionsOf(scope: Construct, props: BundledFunctionOptions): FunctionOptions {
  const { vpc, vpcSubnets, securityGroups, environmentEncryption } = props;
  if (environmentEncryption !== undefined) requireKeyArn('environmentEncryption', environmentEncryption);
  for (const [name, value] of Object.entries({ vpcSubnets, securityGroups })) {
    if (value !== undefined && vpc === undefined) {
      throw new Error(`${name}: got a value without vpc, expected both: set vpc to the VPC that they belong to`);
    }
  }
  if (securityGroups !== undefined && !Token.isUnresolved(securityGroups)) {
    if (securityGroups.length === 0 || securityGroups.length > 5) {
      throw new Error(
        `securityGroups: got ${securityGroups.length}, expected from 1 to 5: leave securityGroups out to get one that allows all outbound traffic`,
      );
    }
  }
  return {
    tracing: props.tracing,
    reservedConcurrentExecutions: props.reservedConcurrentExecutions,
    architecture: props.architecture,
    vpc,
    vpcSubnets,
    securityGroups:
      securityGroups ??
      (vpc && [new SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'Functions that reset passwords' })]),
    environmentEncryption,
    logGroup: props.logGroup ?? new LogGroup(scope, 'LogGroup'),
    codeSigningConfig: props.codeSigningConfig,
  };
}

export function isTraced({ tracing }: BundledFunctionOptions): boolean {
  return tracing !== undefined && tracing !== Tracing.DISABLED;
}

/** What the execution role of a function needs for the options. */
export function optionStatements(scope: Construct, options: FunctionOptions): PolicyStatement[] {
  return [
    ...(isTraced(options)
      ? [
          // These two actions do not support resource ARNs.
          new PolicyStatement({ actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] }),
        ]
      : []),
    ...networkStatements(Stack.of(scope), options),
    ...(options.environmentEncryption
      ? [
          new PolicyStatement({
            actions: ['kms:Decrypt'],
            resources: [options.environmentEncryption.keyRef.keyArn],
          }),
        ]
      : []),
  ];
}

/**
 * Lambda creates and deletes the network interfaces of a function with its execution role. The code of the function has
 * the same role, and may do none of it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
function networkStatements(stack: Stack, { vpc, vpcSubnets, securityGroups = [] }: FunctionOptions): PolicyStatement[] {
  if (vpc === undefined) return [];
  const arnOf = (resource: string, resourceName: string, account?: string) =>
    stack.formatArn({ service: 'ec2', resource, resourceName, account });
  const { subnetIds } = vpc.selectSubnets(vpcSubnets);
  // Another account can share the VPC: its subnets have the account of the owner in their ARNs. The ids are unique.
  const subnets = (Token.isUnresolved(subnetIds) ? ['*'] : subnetIds).map((id) => arnOf('subnet', id, '*'));
  const groups = securityGroups.map(({ securityGroupId }) => arnOf('security-group', securityGroupId, '*'));
  // EC2 chooses the ids of network interfaces.
  const networkInterfaces = arnOf('network-interface', '*');
  const statements = [
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: [networkInterfaces, ...subnets, ...groups],
    }),
    new PolicyStatement({
      actions: ['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
      resources: [networkInterfaces],
    }),
    // AWS documents that Lambda needs this action for all resources of the account and Region, in this form.
    new PolicyStatement({ actions: ['ec2:DeleteNetworkInterface'], resources: [arnOf('*', '*')] }),
    // These two actions do not support resource ARNs.
    new PolicyStatement({ actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], resources: ['*'] }),
  ];
  return [
    ...statements,
    // Only requests of code have this condition key. The function itself is not known before its role.
    new PolicyStatement({
      effect: Effect.DENY,
      actions: statements.flatMap(({ actions }) => actions).sort(),
      resources: ['*'],
      conditions: {
        ArnLike: {
          'lambda:SourceFunctionArn': stack.formatArn({
            service: 'lambda',
            resource: 'function',
            resourceName: '*',
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  ];
}
