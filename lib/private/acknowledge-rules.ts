import type { IConstruct } from 'constructs';

/** A rule of a validation plugin, such as one of cdk-nag, and why a construct does not follow it. */
interface Acknowledgment {
  /** As the plugin reports it: `AwsSolutions-S1`, or `CloudFormation-Validate::F3012` for the validation of the CDK. */
  readonly id: string;
  readonly reason: string;
}

/**
 * Acknowledges rules for a construct and those in it, as `Validations.acknowledge` of aws-cdk-lib does.
 *
 * It writes the metadata itself, because aws-cdk-lib has `Validations` only since 2.255.0, and refuses an id with a second
 * `::`, such as that of an ARN without a Region, before 2.270.0.
 */
export function acknowledgeRules(construct: IConstruct, ...rules: readonly Acknowledgment[]): void {
  for (const { id, reason } of rules) construct.node.addMetadata(ACKNOWLEDGED_RULES, { [id]: reason });
}

/** `Validations.ACKNOWLEDGED_RULES_METADATA_KEY`. */
const ACKNOWLEDGED_RULES = 'aws:cdk:acknowledged-rules';
