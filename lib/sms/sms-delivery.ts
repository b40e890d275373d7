import { Stack, Token } from 'aws-cdk-lib';
import type { IUserPoolRef } from 'aws-cdk-lib/aws-cognito';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { createCallerRole } from './caller-role';
import type { IOriginationIdentity } from './origination-identity';
import { validateDirectPath } from './regions';
import type { ISmsDelivery } from './sms-delivery-path';
import { configureSms, ownedUserPoolInStackOf } from './user-pool-sms';

/**
 * Properties of {@link SmsDelivery}.
 */
export interface SmsDeliveryProps {
  /**
   * The user pool whose SMS these are.
   *
   * It must be created in this stack, as an L2 or L1 construct. The role for Amazon SNS that an L2 construct makes for
   * phone numbers is removed.
   */
  readonly userPool: IUserPoolRef;

  /**
   * What messages leave from: a phone number, a sender id or a pool of them, in the Region of the user pool.
   *
   * It must be usable: a number that waits for its registration sends nothing.
   */
  readonly origination: IOriginationIdentity;

  /**
   * A configuration set of AWS End User Messaging SMS, for events of delivery and for a protect configuration.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets.html
   */
  readonly configurationSetName?: string;

  /**
   * The principal entity id that India requires of senders.
   *
   * @default - none, as in other countries
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-sms-senderid-india.html
   */
  readonly inEntityId?: string;

  /**
   * The id under which the template of the message is registered in India.
   *
   * @default - none, as in other countries
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/registrations-sms-senderid-india.html
   */
  readonly inTemplateId?: string;

  /**
   * Whether a role of yours, that the user pool sends SMS with until now, may be put out of use.
   *
   * The role itself stays: remove it where you made it.
   *
   * @default false
   */
  readonly replaceExisting?: boolean;
}

/**
 * Sends the SMS of a user pool through AWS End User Messaging SMS, from a number, sender id or pool that you choose.
 *
 * Cognito assumes a role that may send from that identity and nothing else, and only for user pools of this account and
 * Region that know its external id. The role is deleted or retained as the user pool is.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-sms-settings.html
 */
export class SmsDelivery extends Construct implements ISmsDelivery {
  /** The user pool whose SMS these are. */
  public readonly userPool: IUserPoolRef;

  /** What messages leave from. */
  public readonly origination?: IOriginationIdentity;

  /** The Region that messages leave from, which is that of the user pool. */
  public readonly smsRegion: string;

  /** The role that Cognito assumes to send. */
  public readonly role: IRole;

  public constructor(scope: Construct, id: string, props: SmsDeliveryProps) {
    super(scope, id);
    const userPool = ownedUserPoolInStackOf(this, props.userPool);
    const { region } = Stack.of(this);
    validateDirectPath(region);
    const { originationIdentityArn } = props.origination;
    validateOriginationArn(originationIdentityArn);
    validateOriginationRegion(props.origination.env.region, region);

    this.userPool = props.userPool;
    this.origination = props.origination;
    this.smsRegion = region;
    const { role, externalId } = createCallerRole(this, userPool, 'SendTextMessage', [
      // Cognito has to be given the identity in the same form: AWS compares what it is asked for with this.
      new PolicyStatement({ actions: ['sms-voice:SendTextMessage'], resources: [originationIdentityArn] }),
    ]);
    this.role = role;
    configureSms(this, userPool, props.replaceExisting, {
      eumsSms: {
        callerArn: role.roleArn,
        externalId,
        originationIdentity: originationIdentityArn,
        configurationSetName: props.configurationSetName,
        inEntityId: props.inEntityId,
        inTemplateId: props.inTemplateId,
      },
    });
  }
}

/** What is not known before the deployment passes. */
function validateOriginationArn(arn: string): void {
  if (!Token.isUnresolved(arn) && !arn.startsWith('arn:')) {
    throw new Error(
      `origination: got ${JSON.stringify(arn)}, expected an ARN, because AWS compares the identity that Cognito asks for with the one that the role may send from, and they must read the same: OriginationPhoneNumber.fromPhoneNumberArn(this, 'Number', 'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-…')`,
    );
  }
}

function validateOriginationRegion(other: string, region: string): void {
  if (other !== region && !Token.isUnresolved(other) && !Token.isUnresolved(region)) {
    throw new Error(
      `origination: got an identity in ${other}, expected one in ${region}, because a user pool sends from its own Region only: request one there`,
    );
  }
}
