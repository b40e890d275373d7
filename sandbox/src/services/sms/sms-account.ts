import { createHash, randomUUID } from 'node:crypto';
import type { Assembly } from '../../assembly';
import { originationIdentityArnsOf } from '../../assembly/origination-identities';
import { fictionalNumber } from '../../assembly/phone-numbers';
import type { OriginationIdentityDefinition, OriginationIdentityKind } from '../../model';
import { IMPORTED_PHONE_NUMBER, MESSAGE_PRICE_USD } from './assumptions';
import { canSendTo, supportsSenderIds } from './destination-countries';
import { SmsRefusal } from './sms-refusal';

/** What SMS leave from. A test may change its status. */
export interface OriginationIdentity extends Omit<OriginationIdentityDefinition, 'arn'> {
  status: 'ACTIVE' | 'PENDING' | 'ASSOCIATING' | 'DISASSOCIATING' | 'DELETED';
}

/** A message that was sent. */
export interface SentSms {
  /** ARN of what it left from; undefined when Amazon SNS had no number to choose. */
  readonly identityArn?: string;
  readonly to: string;
  readonly body: string;
}

/**
 * What AWS knows of an account's SMS: its tier, its spending, and what messages leave from. Every Region is alike,
 * except that an identity is in the Region of its ARN. Tests set the fields at any time.
 *
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/sandbox.html
 * @see https://docs.aws.amazon.com/sms-voice/latest/userguide/spend-limit.html
 */
export class SmsAccount {
  tier: 'SANDBOX' | 'PRODUCTION' = 'PRODUCTION';
  /** USD a month. */
  spendLimit = 1;
  /** USD in this month. */
  spent = 0;
  /** What an account in the sandbox reaches, in E.164; AWS allows ten. */
  readonly verifiedDestinations = new Set<string>();
  /** Who wants no more messages, in E.164, on every opt-out list alike. */
  readonly optedOut = new Set<string>();
  /** By ARN. */
  readonly identities = new Map<string, OriginationIdentity>();
  /** By message id. */
  readonly sent = new Map<string, SentSms>();

  /** With what an assembly creates, and what its user pools name without creating it. */
  static fromAssembly({ originationIdentities, userPools }: Assembly): SmsAccount {
    const [, partition, , , id] = userPools[0]?.userPoolArn.split(':') ?? [];
    const account = new SmsAccount(originationIdentities, partition, id);
    for (const arn of userPools.flatMap(({ properties }) => originationIdentityArnsOf(properties)))
      account.addImportedIdentity(arn);
    return account;
  }

  constructor(
    definitions: readonly OriginationIdentityDefinition[] = [],
    private readonly partition = 'aws',
    private readonly accountId = '111122223333',
  ) {
    for (const { arn, ...identity } of definitions) this.identities.set(arn, { ...identity, status: 'ACTIVE' });
  }

  /** Adds what exists already elsewhere, unless it is known. */
  addImportedIdentity(arn: string): OriginationIdentity {
    const known = this.identities.get(arn);
    if (known !== undefined) return known;
    const identity: OriginationIdentity = { ...importedIdentity(arn), status: 'ACTIVE' };
    this.identities.set(arn, identity);
    return identity;
  }

  /** An ARN of this account. */
  resourceArn(region: string | undefined, resource: string): string {
    return `arn:${this.partition}:sms-voice:${region ?? ''}:${this.accountId}:${resource}`;
  }

  /** The identities of a kind in a Region, with their ARNs. */
  identitiesIn(region: string | undefined, kind: OriginationIdentityKind): [arn: string, OriginationIdentity][] {
    return [...this.identities].filter(([arn, identity]) => identity.kind === kind && arn.split(':')[3] === region);
  }

  /** The ARN of the identity that an API call names by its ARN, its id or its phone number; undefined if there is none. */
  findIdentityArn(region: string | undefined, name: string): string | undefined {
    const here = [...this.identities].filter(([arn]) => arn.split(':')[3] === region);
    return here.find(([arn, identity]) =>
      [arn, resourceIdOf(arn), identity.phoneNumber, identity.senderId].includes(name),
    )?.[0];
  }

  /** Refuses what AWS refuses; `identityArn` is undefined when nothing is there to send from. */
  validateMessage(identityArn: string | undefined, to: string): void {
    if (identityArn !== undefined) this.#validateIdentity(identityArn, to);
    if (this.tier === 'SANDBOX' && !this.verifiedDestinations.has(to)) {
      throw new SmsRefusal('DESTINATION_PHONE_NUMBER_NOT_VERIFIED');
    }
    if (this.optedOut.has(to)) throw new SmsRefusal('DESTINATION_PHONE_NUMBER_OPTED_OUT');
    if (this.spent >= this.spendLimit) throw new SmsRefusal('MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT');
  }

  /** Sends a message that passed the {@link validateMessage}; returns its id. */
  send(message: SentSms): string {
    const messageId = randomUUID();
    this.spent = Number((this.spent + MESSAGE_PRICE_USD).toFixed(5));
    this.sent.set(messageId, message);
    return messageId;
  }

  #validateIdentity(arn: string, to: string): void {
    const identity = this.identities.get(arn);
    if (identity?.status !== 'ACTIVE') throw new SmsRefusal('RESOURCE_NOT_ACTIVE', arn);
    if (identity.kind === 'POOL') this.#validatePoolMembers(arn, identity, to);
    if (identity.kind === 'SENDER_ID' && !canSendTo(identity, to)) {
      const reason = supportsSenderIds(to) ? 'INVALID_IDENTITY_FOR_DESTINATION_COUNTRY' : 'SENDER_ID_NOT_SUPPORTED';
      throw new SmsRefusal(reason, arn);
    }
  }

  /** What is in a pool of another app is not known, and passes. */
  #validatePoolMembers(arn: string, { members }: OriginationIdentity, to: string): void {
    const usable = members?.some((member) => {
      const identity = this.identities.get(member);
      return identity?.status === 'ACTIVE' && (identity.kind !== 'SENDER_ID' || canSendTo(identity, to));
    });
    if (usable === false) throw new SmsRefusal('NO_ORIGINATION_IDENTITIES_FOUND', arn);
  }
}

/** The end of an ARN, such as `phone-0123…`; of a sender id its name and country. */
export function resourceIdOf(arn: string): string {
  const [, , , , , resource = ''] = arn.split(':');
  return resource.slice(resource.indexOf('/') + 1);
}

function importedIdentity(arn: string): Omit<OriginationIdentityDefinition, 'arn'> {
  const [kind, name = '', country] = arn.split(':')[5]?.split('/') ?? [];
  if (kind === 'sender-id') return { kind: 'SENDER_ID', senderId: name, isoCountryCode: country };
  if (kind === 'pool') return { kind: 'POOL' };
  const { isoCountryCode, numberType } = IMPORTED_PHONE_NUMBER;
  const hash = createHash('sha256').update(arn).digest('hex');
  const phoneNumber = fictionalNumber(isoCountryCode, hash);
  return { kind: 'PHONE_NUMBER', isoCountryCode, numberType, phoneNumber };
}
