import { explainsLine } from '../../../../lambda/campaign/listing/explains-line';
import type { Identifier, IdentifyingAttribute } from '../../../../lambda/campaign/listing/named-user';

const SUB = '0f8fad5b-d9cb-469f-a165-70867728950e';
const VALUES = {
  sub: SUB,
  email: 'ann@example.com',
  email_verified: 'true',
  phone_number: '+15550100',
  phone_number_verified: 'false',
  preferred_username: 'annie',
  name: 'Ann',
};
const ATTRIBUTES = Object.entries(VALUES).map(([Name, Value]) => ({ Name, Value }));

const pairs = (record: Partial<Record<IdentifyingAttribute, string>>): Identifier[] =>
  Object.entries(record).map(([attribute, value]) => ({ attribute: attribute as IdentifyingAttribute, value }));

test.each([
  ['the user name', 'ann-1', true],
  ['the user name in other letter case', 'ANN-1', true],
  ['the sub', SUB, true],
  ['the preferred user name', 'annie', true],
  ['the verified email address', 'Ann@Example.com', true],
  ['a phone number that is not verified', '+15550100', false],
  ['another attribute', 'Ann', false],
  ['a part of the user name', 'ann', false],
  ['the text undefined', 'undefined', false],
])('a user explains a line that names %s: %s, %s', (_, username, expected) => {
  expect(explainsLine('ann-1', ATTRIBUTES, { username, identifiers: [] })).toBe(expected);
});

test.each([
  ['the same sub', { sub: SUB }, true],
  ['another sub', { sub: SUB.replace('0', '1') }, false],
  ['the same email address', { email: 'ANN@example.com' }, true],
  ['another email address', { email: 'bob@example.com' }, false],
  ['the same phone number, verified or not', { phone_number: '+15550100' }, true],
  ['the same phone number with punctuation', { phone_number: '+1 (555) 01-00' }, true],
  ['another phone number with punctuation', { phone_number: '+1 (555) 01-01' }, false],
  ['the sub as a second user name', { username: SUB }, true],
  ['an alias as a second user name', { username: 'ann@example.com' }, true],
  ['the user name of another user', { username: 'bob' }, false],
  ['a second user name in other letter case', { username: 'ANN-1' }, false],
  ['one right and one wrong identifier', { sub: SUB, email: 'bob@example.com' }, false],
])('a user explains a line with %s: %j, %s', (_, identifiers, expected) => {
  expect(explainsLine('ann-1', ATTRIBUTES, { username: 'ann-1', identifiers: pairs(identifiers) })).toBe(expected);
});

test('a user without an attribute does not explain a line that has it', () => {
  const bare = [{ Name: 'sub', Value: SUB }];

  expect(explainsLine('ann-1', bare, { username: 'ann-1', identifiers: pairs({ email: 'ann@example.com' }) })).toBe(
    false,
  );
  expect(explainsLine('ann-1', bare, { username: 'ann-1', identifiers: [] })).toBe(true);
});
