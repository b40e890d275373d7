import type { IConstruct } from 'constructs';
import { resourceOf } from '../../private/template-properties';
import type { IOriginationIdentity } from '../origination-identity';
import type { IdentityKind } from './arn';
import type { OriginationSettings } from './settings';

/** What an OriginationPhoneNumber knows, of whichever copy of this package it is. */
export interface OwnedPhoneNumber extends IOriginationIdentity {
  readonly _optOutListName: string;
  readonly _settings: OriginationSettings;
}

/** What an OriginationPool knows, of whichever copy of this package it is. */
export interface OwnedPool extends IOriginationIdentity {
  readonly _optOutListName: string;
  readonly _identities: readonly IOriginationIdentity[];
}

/** Whether this is an OriginationPhoneNumber that this app creates, and whose constructor has finished. */
export function isPhoneNumber(construct: IConstruct): construct is OwnedPhoneNumber {
  return ownedKindOf(construct) === 'phone number' && (construct as OwnedPhoneNumber)._settings !== undefined;
}

/** Whether this is an OriginationPool that this app creates, and whose constructor has finished. */
export function isPool(construct: IConstruct): construct is OwnedPool {
  return ownedKindOf(construct) === 'pool' && (construct as OwnedPool)._identities !== undefined;
}

/** The kind of an identity that this app creates; undefined for an imported one. */
export function ownedKindOf(construct: IConstruct): IdentityKind | undefined {
  const type = resourceOf(construct, ...Object.keys(KINDS))?.cfnResourceType;
  return type === undefined ? undefined : KINDS[type];
}

const KINDS: Readonly<Record<string, IdentityKind>> = {
  'AWS::SMSVOICE::PhoneNumber': 'phone number',
  'AWS::SMSVOICE::SenderId': 'sender ID',
  'AWS::SMSVOICE::Pool': 'pool',
};
