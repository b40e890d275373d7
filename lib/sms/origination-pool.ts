import { type RemovalPolicy, Resource, Token } from 'aws-cdk-lib';
import { CfnPool } from 'aws-cdk-lib/aws-smsvoice';
import type { Construct } from 'constructs';
import { type PropertyTypes, TYPES, validateProps } from '../private/validate-props';
import { importOriginationIdentity, isArnOf } from './origination/arn';
import { isPhoneNumber, isPool, type OwnedPhoneNumber, ownedKindOf } from './origination/kind';
import {
  applyRemovalPolicy,
  DEFAULT_OPT_OUT_LIST_NAME,
  type OriginationSettings,
  renderOriginationSettings,
} from './origination/settings';
import { type IOriginationIdentity, type OriginationKeyword, OriginationKeywordAction } from './origination-identity';

/**
 * Properties of {@link OriginationPool}.
 */
export interface OriginationPoolProps {
  /**
   * The phone numbers and sender IDs of the pool: at least one, each only once, all in the Region of the stack.
   *
   * A phone number can be in one pool only. All phone numbers must have the same keywords, responses and opt-out list.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-pool.html
   */
  readonly identities: IOriginationIdentity[];

  /**
   * The response to HELP, which tells users how to reach your support.
   *
   * 1–1,600 characters, not only white space.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
   */
  readonly helpMessage: string;

  /**
   * The response to STOP, which tells users that they get no further messages.
   *
   * 1–1,600 characters, not only white space.
   *
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/keywords.html
   */
  readonly stopMessage: string;

  /**
   * Additional keywords.
   *
   * Keywords are case-insensitive, and each can be used only once.
   *
   * @default - only HELP and STOP
   */
  readonly keywords?: OriginationKeyword[];

  /**
   * The opt-out list, by its name, or by its ARN if another account shares it. A phone number that sends STOP is added
   * to the list, and phone numbers on the list get no messages.
   *
   * 1–256 letters, digits, and `_`, `:`, `/` and `-`.
   *
   * @default - the opt-out list of the first identity
   * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/opt-out-list.html
   */
  readonly optOutListName?: string;

  /**
   * Whether the pool is retained or deleted when it is removed from the stack.
   *
   * With `RemovalPolicy.RETAIN`, deletion protection is enabled too, so that AWS refuses to delete the pool. Deploy
   * once with `RemovalPolicy.DESTROY` before you delete it.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A pool of phone numbers and sender IDs that SMS messages are sent from.
 *
 * For each message, AWS selects the identity that suits the destination country, and another one if that fails. AWS
 * never selects a phone number that other customers of AWS use too.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-pool.html
 *
 * @example
 * const number = OriginationPhoneNumber.fromPhoneNumberArn(
 *   this,
 *   'Number',
 *   'arn:aws:sms-voice:us-east-1:111122223333:phone-number/phone-0123456789abcdef0123456789abcdef',
 * );
 * const sender = new OriginationSenderId(this, 'Sender', { senderId: 'EXAMPLE', isoCountryCode: 'GB' });
 * const origination = new OriginationPool(this, 'Pool', {
 *   identities: [number, sender],
 *   helpMessage: 'Write to help@example.com',
 *   stopMessage: 'You get no more messages',
 * });
 * new SmsDelivery(this, 'Sms', { userPool, origination });
 */
export class OriginationPool extends Resource implements IOriginationIdentity {
  /**
   * Imports an existing pool.
   *
   * @param poolArn such as `arn:aws:sms-voice:us-east-1:111122223333:pool/pool-…`
   * @throws when it is not the ARN of a pool
   */
  public static fromPoolArn(scope: Construct, id: string, poolArn: string): IOriginationIdentity {
    return importOriginationIdentity(scope, id, 'pool', 'poolArn', poolArn);
  }

  public readonly originationIdentityArn: string;

  /** The ARN of the pool. */
  public readonly poolArn: string;

  /** The id of the pool, such as `pool-…`. */
  public readonly poolId: string;

  /** @internal */
  public readonly _identities: readonly IOriginationIdentity[];

  /**
   * The name or ARN of the opt-out list. If the first identity is imported, its list is unknown: the default list is
   * assumed.
   *
   * @internal
   */
  public readonly _optOutListName: string;

  public constructor(scope: Construct, id: string, props: OriginationPoolProps) {
    super(scope, id);
    validateProps(this, OriginationPool, props, PROPERTIES);
    validateIdentities(this, props.identities);
    const resource = new CfnPool(this, 'Resource', {
      originationIdentities: props.identities.map(({ originationIdentityArn }) => originationIdentityArn),
      ...renderOriginationSettings(props),
    });
    applyRemovalPolicy(resource, props.removalPolicy);

    this._identities = [...props.identities];
    this._optOutListName = props.optOutListName ?? inheritedOptOutListName(props.identities[0]);
    this.poolArn = resource.attrArn;
    this.originationIdentityArn = this.poolArn;
    this.poolId = resource.attrPoolId;
  }
}

const PROPERTIES: PropertyTypes<OriginationPoolProps> = {
  required: {
    identities: TYPES.originations,
    helpMessage: TYPES.text,
    stopMessage: TYPES.text,
  },
  optional: {
    keywords: TYPES.keywords,
    optOutListName: TYPES.text,
    removalPolicy: TYPES.removalPolicy,
  },
};

/** A pool inherits the opt-out list of its first identity. Sender IDs have none. */
function inheritedOptOutListName(identity: IOriginationIdentity | undefined): string {
  return identity !== undefined && isPhoneNumber(identity) ? identity._optOutListName : DEFAULT_OPT_OUT_LIST_NAME;
}

function validateIdentities(pool: OriginationPool, identities: readonly IOriginationIdentity[]): void {
  if (identities.length === 0) {
    throw new Error(
      'identities: got none, expected at least one phone number or sender ID, because AWS does not support empty pools',
    );
  }
  const seen = new Set<string>();
  for (const [index, identity] of identities.entries()) {
    const got = `identities[${index}]: got`;
    const arn = identity.originationIdentityArn;
    if (ownedKindOf(identity) === 'pool' || !(isArnOf('phone number', arn) || isArnOf('sender ID', arn))) {
      const what = Token.isUnresolved(arn) ? 'a pool' : JSON.stringify(arn);
      throw new Error(
        `${got} ${what}, expected a phone number or a sender ID by its ARN, because a pool cannot contain anything else`,
      );
    }
    if (seen.has(arn)) {
      throw new Error(`${got} ${displayNameOf(identity)} again, expected each identity once`);
    }
    seen.add(arn);
    validateIdentityRegion(pool, identity, got);
    validateNotInOtherPool(pool, identity, got);
  }
  validateSameSettings(identities.filter(isPhoneNumber));
}

/**
 * Identities of another account pass, because accounts can share identities within a Region.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers.html
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/shared-resources.html
 */
function validateIdentityRegion(pool: OriginationPool, identity: IOriginationIdentity, got: string): void {
  const [expected, region] = [pool.env.region, identity.env.region];
  if (!Token.isUnresolved(expected) && !Token.isUnresolved(region) && region !== expected) {
    throw new Error(
      `${got} ${displayNameOf(identity)} of ${region}, expected one of ${expected}, because identities belong to one Region: request one there`,
    );
  }
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-smsvoice-pool.html */
function validateNotInOtherPool(pool: OriginationPool, identity: IOriginationIdentity, got: string): void {
  const arn = identity.originationIdentityArn;
  if (!(ownedKindOf(identity) === 'phone number' || arn.includes(':phone-number/'))) return;
  const other = pool.node.root.node
    .findAll()
    .find(
      (construct) =>
        isPool(construct) && construct._identities.some(({ originationIdentityArn }) => originationIdentityArn === arn),
    );
  if (other !== undefined) {
    throw new Error(
      `${got} ${displayNameOf(identity)}, which is already in a pool (${other.node.path}), expected one that is in none, because a phone number can be in one pool only`,
    );
  }
}

/** @see https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-pool.html */
function validateSameSettings(numbers: readonly OwnedPhoneNumber[]): void {
  const [first, ...others] = numbers;
  for (const number of others) {
    const [expected, got] = [comparableSettingsOf(first as OwnedPhoneNumber), comparableSettingsOf(number)];
    const different = Object.keys(expected).find(
      (name) => expected[name] !== got[name] && !Token.isUnresolved(expected[name]) && !Token.isUnresolved(got[name]),
    );
    if (different !== undefined) {
      throw new Error(
        `identities: got ${displayNameOf(number)} with a different ${different} than ${displayNameOf(first as IOriginationIdentity)}, expected the same, because all phone numbers of a pool must have the same settings`,
      );
    }
  }
}

function comparableSettingsOf({ _settings, _optOutListName }: OwnedPhoneNumber): Record<string, string> {
  const { helpMessage, stopMessage, keywords = [] }: OriginationSettings = _settings;
  const words = keywords.map(({ keyword, message, action = OriginationKeywordAction.AUTOMATIC_RESPONSE }) =>
    JSON.stringify([keyword.toUpperCase(), message, action]),
  );
  return { helpMessage, stopMessage, keywords: words.sort().join(), optOutListName: _optOutListName };
}

function displayNameOf(identity: IOriginationIdentity): string {
  const { originationIdentityArn } = identity;
  return Token.isUnresolved(originationIdentityArn) ? identity.node.path : originationIdentityArn;
}
