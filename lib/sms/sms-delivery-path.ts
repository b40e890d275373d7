import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import type { IConstruct } from 'constructs';
import type { IOriginationIdentity } from './origination-identity';

/**
 * How the SMS of a user pool are sent: `SmsDelivery` or `SnsSmsDelivery`.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export interface ISmsDelivery extends IConstruct {
  /** The user pool whose SMS these are. */
  readonly userPool: IUserPoolRef;

  /** The Region that messages leave from. */
  readonly smsRegion: string;

  /** What messages leave from; undefined on the path of Amazon SNS, which chooses by itself. */
  readonly origination?: IOriginationIdentity;
}
