/** The contract between ResetMessages and the function that attaches its trigger. It imports nothing. */

/** Environment variables of the function. */
export const ATTACH_ENVIRONMENT = {
  /** The domain of AWS in the partition, such as `amazonaws.com`. */
  urlSuffix: 'URL_SUFFIX',
} as const;

/** The properties of the custom resource. CloudFormation passes all values as strings. */
export interface AttachProperties {
  readonly UserPoolId: string;
  /** The custom message trigger. */
  readonly FunctionArn: string;
  /** The trigger that may be there before; missing when there may be none. */
  readonly NextFunctionArn?: string;
  /** The SMS roles of the user pool that may be passed. */
  readonly SmsRoleArns: readonly string[];
  /** `true` when the user pool is expected to send through Amazon SES, else `false`. */
  readonly SendsThroughSes: string;
  /** `true` when user names are expected to be case-sensitive, else `false`. */
  readonly CaseSensitive: string;
}
