import { USERNAME_PATTERN } from '../../../lib/contract/reset';

/** The user that a line names: by user name, alias or `sub`. */
export interface NamedUser {
  readonly username: string;
  /** What must hold for the user as well, so that a line that was read in the wrong way resets no other user. */
  readonly identifiers: readonly Identifier[];
}

/** A value in a list that says who is meant. */
export interface Identifier {
  readonly attribute: IdentifyingAttribute;
  readonly value: string;
}

export type IdentifyingAttribute = 'username' | 'sub' | 'email' | 'phone_number';

/** What names the user in a line, the preferred one first. A report of a campaign has `sub`. */
const NAMING_ATTRIBUTES: readonly IdentifyingAttribute[] = ['username', 'sub'];

/** The attribute that a column or field is for, whatever its letter case; undefined when it identifies no user. */
export function identifyingAttribute(name: string): IdentifyingAttribute | undefined {
  const attribute = name
    .trim()
    .toLowerCase()
    .replace(/^cognito:/, '');
  return ['username', 'sub', 'email', 'phone_number'].includes(attribute)
    ? (attribute as IdentifyingAttribute)
    : undefined;
}

/** The first one of these attributes that can name a user, by its position; -1 when there is none. */
export function namingIndex(attributes: readonly (IdentifyingAttribute | undefined)[]): number {
  const naming = NAMING_ATTRIBUTES.find((attribute) => attributes.includes(attribute));
  return naming === undefined ? -1 : attributes.indexOf(naming);
}

/** A cell or field that identifies a user. */
export interface IdentifyingField {
  readonly attribute: IdentifyingAttribute;
  readonly value: unknown;
}

/**
 * Reads the user that these fields name. The first user name counts, or else the first `sub`. Everything else must
 * confirm it, unless it is empty. Returns undefined when they name nobody.
 *
 * @param confirming further fields that cannot name a user
 */
export function namedUser(
  fields: readonly IdentifyingField[],
  confirming: readonly IdentifyingField[] = [],
): NamedUser | undefined {
  const at = namingIndex(fields.map(({ attribute }) => attribute));
  const username = fields[at]?.value;
  if (typeof username !== 'string' || !USERNAME_PATTERN.test(username)) return undefined;
  const identifiers = [...fields, ...confirming].flatMap(({ attribute, value }, index) => {
    const text = asText(value).trim();
    const isName = index === at && attribute === 'username';
    return text === '' || isName ? [] : [{ attribute, value: text }];
  });
  return { username, identifiers };
}

/** The text of a cell or field. A value that is no text, such as an array, is kept: it confirms nobody. */
function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
