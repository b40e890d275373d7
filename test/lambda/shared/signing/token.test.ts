import fc from 'fast-check';
import {
  foldName,
  formOf,
  messageToSign,
  readToken,
  type Token,
  writeToken,
} from '../../../../lambda/shared/signing/token';
import { cases } from '../../../support/soak';
import { edited, otherSpelling } from '../../../support/token-texts';

const RUNS = cases(1_000, 30_000);

const POOL = 'eu-central-1_example';
const TOKEN: Token = { time: 1_767_225_600_000, nonce: 'abcdefghijklmnopqrs_-A', form: 'email', folded: false };
const MAC = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 8));
const METADATA = { template: 'breach', ticket: '4711' };

const hex = (...[userPoolId, token, name, metadata]: Parameters<typeof messageToSign>) =>
  Buffer.from(messageToSign(userPoolId, token, name, metadata)).toString('hex');

describe('the signed message', () => {
  const signed = hex(POOL, TOKEN, 'user@example.com', METADATA);

  test.each<[string, Parameters<typeof messageToSign>]>([
    ['another user pool', ['eu-central-1_other', TOKEN, 'user@example.com', METADATA]],
    ['another time', [POOL, { ...TOKEN, time: TOKEN.time + 1 }, 'user@example.com', METADATA]],
    ['another nonce', [POOL, { ...TOKEN, nonce: 'abcdefghijklmnopqrs_-Q' }, 'user@example.com', METADATA]],
    ['another form', [POOL, { ...TOKEN, form: 'other' }, 'user@example.com', METADATA]],
    ['a folded name', [POOL, { ...TOKEN, folded: true }, 'user@example.com', METADATA]],
    ['another name', [POOL, TOKEN, 'User@example.com', METADATA]],
    ['another value', [POOL, TOKEN, 'user@example.com', { ...METADATA, ticket: '4712' }]],
    ['another key', [POOL, TOKEN, 'user@example.com', { template: 'breach', Ticket: '4711' }]],
    ['one more entry', [POOL, TOKEN, 'user@example.com', { ...METADATA, more: '' }]],
    ['one more entry, of nothing', [POOL, TOKEN, 'user@example.com', { ...METADATA, '': '' }]],
    ['one less entry', [POOL, TOKEN, 'user@example.com', { template: 'breach' }]],
    ['key and value exchanged', [POOL, TOKEN, 'user@example.com', { breach: 'template', ticket: '4711' }]],
    ['the values exchanged', [POOL, TOKEN, 'user@example.com', { template: '4711', ticket: 'breach' }]],
    ['no metadata', [POOL, TOKEN, 'user@example.com', {}]],
  ])('differs with %s', (_, fields) => {
    expect(hex(...fields)).not.toBe(signed);
  });

  test('equals the bytes that another program computed', () => {
    const token: Token = { time: 1_764_000_000_000, nonce: 'A'.repeat(22), form: 'email', folded: false };
    // Sorted by bytes the first key comes last, because it is beyond the Basic Multilingual Plane.
    const metadata = { '\u{1f600}': 'astral', '\uff5e': 'bmp', a: '' };
    const [tag, digest] = [
      'cdk-cognito-password-reset/client-metadata/1',
      '3ab434fafd322f0cf3df09776fc1bdde68765bb52d5e2e7bb7469a5912e30ece',
    ];

    const bytes = Buffer.from(messageToSign('us-east-1_AbCdEfGhI', token, 'user@example.com', metadata));
    expect(bytes.subarray(0, -32).toString()).toBe(tag);
    expect(bytes.subarray(-32).toString('hex')).toBe(digest);
  });

  test('does not depend on the order of the entries', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string()), {
      selector: ([key]) => key,
    });
    fc.assert(
      fc.property(entries, fc.infiniteStream(fc.double({ noNaN: true })), (list, random) => {
        const shuffled = list
          .map((entry) => ({ entry, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ entry }) => entry);
        const fields = [POOL, TOKEN, 'user'] as const;
        expect(hex(...fields, Object.fromEntries(shuffled))).toBe(hex(...fields, Object.fromEntries(list)));
      }),
    );
  });

  test('differs for every border between two fields', () => {
    const seen = new Map<string, unknown>();
    const text = 'aab';
    for (let one = 0; one <= text.length; one++) {
      for (let two = one; two <= text.length; two++) {
        for (let three = two; three <= text.length; three++) {
          const [pool, name, key, value] = [
            text.slice(0, one),
            text.slice(one, two),
            text.slice(two, three),
            text.slice(three),
          ];
          seen.set(hex(pool as string, TOKEN, name as string, { [key as string]: value as string }), [
            pool,
            name,
            key,
            value,
          ]);
        }
      }
    }
    expect(seen.size).toBe(20);
  });

  test('differs for entries that are equal when joined', () => {
    const alike: Record<string, string>[] = [
      { a: 'b', c: 'd' },
      { a: 'bcd' },
      { ab: 'cd' },
      { abc: 'd' },
      { abcd: '' },
      { '': 'abcd' },
      { a: 'bc', d: '' },
    ];
    expect(new Set(alike.map((metadata) => hex(POOL, TOKEN, 'user', metadata))).size).toBe(alike.length);
  });

  test('is short enough for KMS with the longest metadata', () => {
    const long = { a: 'x'.repeat(131_072), b: 'y'.repeat(131_072) };
    expect(messageToSign(POOL, TOKEN, 'user', long).length).toBeLessThanOrEqual(4_096);
  });
});

describe('a token', () => {
  const text = writeToken(TOKEN, MAC);

  const tokens = fc.record({
    time: fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }),
    nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    form: fc.constantFrom<Token['form']>('email', 'phone', 'uuid', 'other'),
    folded: fc.boolean(),
  });
  const macs = fc.uint8Array({ minLength: 32, maxLength: 32 });

  test('is read as it was written', () => {
    fc.assert(
      fc.property(tokens, macs, (token, mac) => {
        const read = readToken(writeToken(token, mac));
        expect(read?.token).toEqual(token);
        expect(Uint8Array.from(read?.mac ?? [])).toEqual(mac);
      }),
    );
  });

  test(`is not read in another spelling (${RUNS} texts)`, () => {
    fc.assert(
      fc.property(tokens, macs, otherSpelling, (token, mac, respell) => {
        expect(readToken(respell(writeToken(token, mac)))).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  test(`is another one when its text is another one (${RUNS} texts)`, () => {
    fc.assert(
      fc.property(tokens, macs, edited, (token, mac, edit) => {
        const original = writeToken(token, mac);
        const read = readToken(edit(original));
        if (edit(original) !== original && read !== undefined) {
          expect({ ...read.token, mac: [...read.mac] }).not.toEqual({ ...token, mac: [...mac] });
          expect(writeToken(read.token, read.mac)).toBe(edit(original));
          expect(Buffer.from(read.token.nonce, 'base64url').toString('base64url')).toBe(read.token.nonce);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('contains nothing of the user name', () => {
    expect(text).toMatch(/^1\.1767225600000\.abcdefghijklmnopqrs_-A\.email\.[\w-]{43}$/);
  });

  test.each([
    ['no characters', ''],
    ['one more line', `${text}\n`],
    ['a space before', ` ${text}`],
    ['another version', text.replace(/^1/, '2')],
    ['a version with a zero', `0${text}`],
    ['a time in seconds', text.replace('1767225600000', '1767225600')],
    ['a time of 14 digits', text.replace('1767225600000', '17672256000000')],
    ['a time that is negative', text.replace('1767225600000', '-176722560000')],
    ['digits of another script', text.replace('1767225600000', '١٧٦٧٢٢٥٦٠٠٠٠٠')],
    ['a time with a zero', text.replace('1767225600000', '0767225600000')],
    ['a nonce with a spare bit', text.replace('_-A', '_-B')],
    ['a shorter nonce', text.replace('abcdef', 'abcde')],
    ['a longer nonce', text.replace('abcdef', 'abcdefg')],
    ['base64 with other characters', text.replace('_-', '/+')],
    ['an unknown form', text.replace('email', 'mail')],
    ['a form in capitals', text.replace('email', 'EMAIL')],
    ['another mark for folded', text.replace('email', 'email+fold')],
    ['folded twice', text.replace('email', 'email+folded+folded')],
    ['a MAC with a spare bit', text.replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1))],
    ['a shorter MAC', text.slice(0, -1)],
    ['a longer MAC', `${text}A`],
    ['a MAC with padding', `${text}=`],
    ['one more field', `${text}.`],
    ['one field less', text.slice(text.indexOf('.') + 1)],
    ['another separator', text.replaceAll('.', ',')],
    ['very many characters', `1.${'1'.repeat(100_000)}`],
  ])('is not read with %s', (_, nearMiss) => {
    expect(readToken(nearMiss)).toBeUndefined();
  });
});

test.each([
  ['user@example.com', 'email'],
  ['@', 'email'],
  ['+15550100', 'phone'],
  ['15550100', 'other'],
  ['+1 555', 'other'],
  ['+', 'other'],
  ['0f8fad5b-d9cb-469f-a165-70867728950e', 'uuid'],
  ['0F8FAD5B-D9CB-469F-A165-70867728950E', 'uuid'],
  ['0f8fad5bd9cb469fa16570867728950e', 'other'],
  ['user', 'other'],
  ['', 'other'],
])('the name %j has the form %s', (name, form) => {
  expect(formOf(name)).toBe(form);
});

test('a name is folded only for a case-insensitive user pool', () => {
  expect([foldName('User', true), foldName('User', false)]).toEqual(['user', 'User']);
});
