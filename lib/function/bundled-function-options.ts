import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { Architecture, ICodeSigningConfig, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

/**
 * Options of the Lambda functions of a construct. If a construct has several functions, each option applies to all of
 * them.
 */
export interface BundledFunctionOptions {
  /**
   * The AWS X-Ray tracing mode. Traces do not contain user names.
   *
   * With `Tracing.ACTIVE`, the state machines of the construct are traced as well. They have no mode like
   * `Tracing.PASS_THROUGH`.
   *
   * @default Tracing.DISABLED
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
   */
  readonly tracing?: Tracing;

  /**
   * The maximum number of concurrent invocations of each function. Further invocations are throttled.
   *
   * The number is reserved for each function. It is taken from the limit of the account.
   *
   * @default - the limit of the account applies
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  readonly reservedConcurrentExecutions?: number;

  /**
   * The instruction set of the functions.
   *
   * @default Architecture.ARM_64
   * @see https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html
   */
  readonly architecture?: Architecture;

  /**
   * The VPC that the functions are connected to.
   *
   * The functions reach AWS through this VPC only: it must have a NAT gateway or the endpoints that docs/compliance.md
   * lists. The execution roles get permission to manage network interfaces, which the code of the functions cannot use.
   *
   * @default - the functions are not connected to a VPC
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   */
  readonly vpc?: IVpc;

  /**
   * The subnets of the functions. Requires `vpc`.
   *
   * Public subnets are not supported, because a function has no public IP address.
   *
   * @default - the private subnets of the VPC
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * The security groups of the functions, from one to five. Requires `vpc`.
   *
   * They must allow outbound traffic to the endpoints on port 443. No inbound traffic is needed.
   *
   * @default - one security group of its own for all functions, which allows all outbound traffic
   * @see https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * The key that encrypts the environment variables of the functions. They contain names and ARNs, and no secrets.
   *
   * A symmetric key of AWS KMS in this Region; an alias is not supported. The execution roles get permission to decrypt
   * with this key. The key policy of an imported key must allow it.
   *
   * @default - a key that AWS Lambda manages
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
   */
  readonly environmentEncryption?: IKeyRef;

  /**
   * The log group of the functions. All functions of the construct write to it. It contains JSON lines without personal
   * data.
   *
   * @default - a log group of its own, which is kept for two years and retained when the stack is deleted
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
   */
  readonly logGroup?: ILogGroup;

  /**
   * The code signing configuration of the functions.
   *
   * The CDK uploads the code of the functions without a signature. With `UntrustedArtifactOnDeployment.WARN`, each
   * deployment of unsigned code is counted. With `UntrustedArtifactOnDeployment.ENFORCE`, Lambda refuses it: sign the
   * assets with AWS Signer before the deployment.
   *
   * @default - signatures are not checked
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-codesigning.html
   */
  readonly codeSigningConfig?: ICodeSigningConfig;
}
