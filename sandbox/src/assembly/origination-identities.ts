import type { Json, OriginationIdentityDefinition } from '../model';
import { type DeployedResource, resourcesOfType } from './deployed-resource';
import type { Stack } from './stack';

const KINDS = {
  'AWS::SMSVOICE::PhoneNumber': 'PHONE_NUMBER',
  'AWS::SMSVOICE::Pool': 'POOL',
  'AWS::SMSVOICE::SenderId': 'SENDER_ID',
} as const;

/** The origination identities that the assembly creates: phone numbers, sender ids and pools of them. */
export function originationIdentitiesOf(stacks: readonly Stack[]): OriginationIdentityDefinition[] {
  const all = Object.entries(KINDS).flatMap(([type, kind]) =>
    resourcesOfType(stacks, type).map((resource) => ({ kind, resource, arn: resource.attribute('Arn') })),
  );
  const arnOf = (name: string) => all.find(({ arn, resource }) => [arn, resource.attribute('Ref')].includes(name))?.arn;
  return all.map(({ kind, resource, arn }) => ({
    arn,
    kind,
    isoCountryCode: resource.text('IsoCountryCode'),
    optOutListName: resource.text('OptOutListName'),
    ...(kind === 'PHONE_NUMBER' && {
      numberType: resource.requiredText('NumberType'),
      phoneNumber: resource.attribute('PhoneNumber'),
    }),
    ...(kind === 'SENDER_ID' && { senderId: resource.requiredText('SenderId') }),
    ...(kind === 'POOL' && { members: membersOf(resource).map((name) => arnOf(name) ?? name) }),
  }));
}

/** The ARNs of the origination identities that a user pool's properties name. The assembly need not create them. */
export function originationIdentityArnsOf(properties: Json): string[] {
  const { EumsSms } = (properties.SmsConfiguration ?? {}) as { EumsSms?: { OriginationIdentity?: string } };
  const arn = EumsSms?.OriginationIdentity;
  return arn?.startsWith('arn:') ? [arn] : [];
}

function membersOf(pool: DeployedResource): string[] {
  return ((pool.property('OriginationIdentities') ?? []) as unknown[]).map(String);
}
