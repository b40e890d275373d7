import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import type { IConstruct } from 'constructs';
import type { IOriginationIdentity } from './origination-identity';

/**
 * The way a user pool sends SMS messages: `SmsDelivery` or `SnsSmsDelivery`.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export interface ISmsDelivery extends IConstruct {
  /** The user pool that sends the SMS messages. */
  readonly userPool: IUserPoolRef;

  /** The Region that SMS messages are sent from. */
  readonly smsRegion: string;

  /** The identity that SMS messages are sent from; undefined for Amazon SNS, which selects one itself. */
  readonly origination?: IOriginationIdentity;
}
