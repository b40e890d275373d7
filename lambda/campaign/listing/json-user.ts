import { type IdentifyingField, identifyingAttribute, type NamedUser, namedUser } from './named-user';

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The names of the fields with a user name. Other spellings are those of other directories. */
const USERNAME_FIELDS = ['username', 'Username', 'cognito:username'];

/** A user is named by a string, or by an object such as those of ListUsers and of reports. */
export function userInJson(value: unknown): NamedUser | undefined {
  if (typeof value === 'string') return namedUser([{ attribute: 'username', value }]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { Attributes = [], UserAttributes = [], ...fields } = value as Record<string, unknown>;
  const direct = Object.entries(fields).filter(
    ([name]) => identifyingAttribute(name) !== 'username' || USERNAME_FIELDS.includes(name),
  );
  const attributes = [Attributes, UserAttributes].flatMap(attributeFields);
  return namedUser(identifyingFields(direct), identifyingFields(attributes));
}

/** Attributes as Cognito returns them, or an object of them, which `from_entries` of jq makes. */
function attributeFields(attributes: unknown): [name: string, value: unknown][] {
  if (!Array.isArray(attributes)) return Object.entries(attributes ?? {});
  return attributes.map((attribute) => {
    const { Name, Value } = (attribute ?? {}) as Record<string, unknown>;
    return [`${Name}`, Value];
  });
}

function identifyingFields(fields: readonly [name: string, value: unknown][]): IdentifyingField[] {
  return fields.flatMap(([name, value]) => {
    const attribute = identifyingAttribute(name);
    return attribute === undefined ? [] : [{ attribute, value }];
  });
}
