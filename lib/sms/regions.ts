import { Token } from 'aws-cdk-lib';

/**
 * The Regions that a user pool can send SMS messages from, as AWS documents them.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */

/** Regions where user pools cannot use AWS End User Messaging SMS. They send through Amazon SNS in another Region. */
const WITHOUT_DIRECT_PATH: Readonly<Record<string, string>> = {
  'ap-east-1': 'Hong Kong',
  'ap-southeast-5': 'Malaysia',
  'ap-southeast-7': 'Thailand',
};

/** The Region that Amazon SNS must send from, by Region of the user pool. */
const FORCED_SNS_REGION: Readonly<Record<string, string>> = {
  'ap-east-1': 'ap-southeast-1',
  'ap-northeast-2': 'ap-northeast-1',
  'ap-southeast-5': 'ap-southeast-1',
  'ap-southeast-7': 'ap-south-1',
};

/** The Region that Amazon SNS can send from instead of that of the user pool, by Region of the user pool. */
const ALTERNATE_SNS_REGION: Readonly<Record<string, string>> = {
  'ap-south-1': 'ap-southeast-1',
  'ca-central-1': 'us-east-1',
  'eu-central-1': 'eu-west-1',
  'eu-west-2': 'eu-west-1',
  'us-east-2': 'us-east-1',
};

/** Validates that the Region of a user pool supports AWS End User Messaging SMS. A token passes. */
export function validateDirectPath(region: string): void {
  const name = WITHOUT_DIRECT_PATH[region];
  if (name !== undefined) {
    throw new Error(
      `userPool: got a user pool in ${region} (${name}), expected another Region, because user pools there cannot send through AWS End User Messaging SMS: new SnsSmsDelivery(this, 'Sms', { userPool })`,
    );
  }
}

/** The Region that Amazon SNS sends from for a user pool, validated if both Regions are known at synth. */
export function snsRegionFor(userPoolRegion: string, region: string | undefined): string {
  const forced = FORCED_SNS_REGION[userPoolRegion];
  if (region === undefined || Token.isUnresolved(region) || Token.isUnresolved(userPoolRegion)) {
    return region ?? forced ?? userPoolRegion;
  }
  const allowed = forced === undefined ? [userPoolRegion, ALTERNATE_SNS_REGION[userPoolRegion]] : [forced];
  if (!allowed.includes(region)) {
    const expected = allowed.filter((name) => name !== undefined).join(' or ');
    throw new Error(
      `region: got ${region}, expected ${expected}, because Cognito sends SMS for a user pool in ${userPoolRegion} from no other Region`,
    );
  }
  return region;
}
