import type { AttributeType } from '@aws-sdk/client-cognito-identity-provider';
import type { Identifier, NamedUser } from './named-user';

/**
 * Whether the user that AdminGetUser returned is the one that the line of the list means. The name in the line must be the
 * user name, the `sub`, the preferred user name, or a verified email address or phone number of the user. Every other
 * identifier in the line must be the user's.
 *
 * Letter case is ignored, because Cognito has found the user already, by the rules of the user pool.
 */
export function explainsLine(
  userName: string | undefined,
  attributes: readonly AttributeType[] = [],
  { username, identifiers }: NamedUser,
): boolean {
  const attribute = (name: string) => attributes.find(({ Name }) => Name === name)?.Value;
  const verified = (name: string) => (attribute(`${name}_verified`) === 'true' ? attribute(name) : undefined);
  const names = [
    userName,
    attribute('sub'),
    attribute('preferred_username'),
    verified('email'),
    verified('phone_number'),
  ];
  return (
    names.some((name) => isSame(name, username)) &&
    identifiers.every((identifier) =>
      identifier.attribute === 'username'
        ? // In a user pool where letter case matters, another letter case is another user.
          [username, ...names].includes(identifier.value)
        : hasValue(attribute(identifier.attribute), identifier),
    )
  );
}

/** Cognito keeps phone numbers without spaces and punctuation. Lists often have some. */
function hasValue(value: string | undefined, identifier: Identifier): boolean {
  const expected =
    identifier.attribute === 'phone_number' ? identifier.value.replace(/[\s().-]/g, '') : identifier.value;
  return isSame(value, expected);
}

function isSame(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}
