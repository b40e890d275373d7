import { Token } from 'aws-cdk-lib';

/**
 * Which Regions a user pool can send SMS from, as AWS documents it.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */

/** Where the direct path is not available, and user pools send with Amazon SNS in another Region. */
const WITHOUT_DIRECT_PATH: Readonly<Record<string, string>> = {
  'ap-east-1': 'Hong Kong',
  'ap-southeast-5': 'Malaysia',
  'ap-southeast-7': 'Thailand',
};

/** By Region of the user pool: the one from which Amazon SNS must send for it. */
const FORCED_SNS_REGION: Readonly<Record<string, string>> = {
  'ap-east-1': 'ap-southeast-1',
  'ap-northeast-2': 'ap-northeast-1',
  'ap-southeast-5': 'ap-southeast-1',
  'ap-southeast-7': 'ap-south-1',
};

/** By Region of the user pool: the one from which Amazon SNS can send for it, besides its own. */
const ALTERNATE_SNS_REGION: Readonly<Record<string, string>> = {
  'ap-south-1': 'ap-southeast-1',
  'ca-central-1': 'us-east-1',
  'eu-central-1': 'eu-west-1',
  'eu-west-2': 'eu-west-1',
  'us-east-2': 'us-east-1',
};

/** Refuses a user pool in a Region without the direct path. One that is not known yet passes. */
export function validateDirectPath(region: string): void {
  const name = WITHOUT_DIRECT_PATH[region];
  if (name !== undefined) {
    throw new Error(
      `userPool: got a user pool in ${region} (${name}), expected another Region, because user pools there cannot send through AWS End User Messaging SMS: new SnsSmsDelivery(this, 'Sms', { userPool })`,
    );
  }
}

/** The Region from which Amazon SNS sends for a user pool. One that is not known yet passes. */
export function snsRegionFor(userPoolRegion: string, region: string | undefined): string {
  const forced = FORCED_SNS_REGION[userPoolRegion];
  if (region === undefined || Token.isUnresolved(region) || Token.isUnresolved(userPoolRegion)) {
    return region ?? forced ?? userPoolRegion;
  }
  const allowed = forced === undefined ? [userPoolRegion, ALTERNATE_SNS_REGION[userPoolRegion]] : [forced];
  if (!allowed.includes(region)) {
    const expected = allowed.filter((name) => name !== undefined).join(' or ');
    throw new Error(
      `region: got ${region}, expected ${expected}, because Cognito sends SMS for a user pool in ${userPoolRegion} from nowhere else`,
    );
  }
  return region;
}
