import fc from 'fast-check';
import { asCampaignInput, inputProblems } from '../../../../lambda/campaign/preflight/input';

const POOL = 'eu-central-1_example';

/** Marks every value that a problem must not contain. */
const MARK = 'Zq7Leak';

const RUNS = { numRuns: 500 };

const VALID = {
  campaignId: 'breach-2026_1',
  confirm: { userPoolId: POOL, expectedUsers: 12_000 },
  list: 'input/users.csv',
  clientMetadata: { template: 'breach' },
  dryRun: true,
};

const PROBLEMS = {
  input: 'the input: got no JSON object, expected one',
  unknown: 'the input: got an unknown field, expected only campaignId, confirm, list, clientMetadata, audience, dryRun',
  campaignId: 'campaignId: expected 1 to 64 letters, digits, hyphens and underscores',
  confirm: 'confirm: expected an object with userPoolId and expectedUsers',
  confirmUnknown: 'confirm: got an unknown field, expected only userPoolId, expectedUsers, malformedLines, listDigest',
  userPoolId: `confirm.userPoolId: expected ${POOL}, the user pool of this campaign`,
  expectedUsers: 'confirm.expectedUsers: expected a whole number of users, 1 or more',
  malformedLines: 'confirm.malformedLines: expected a whole number of lines, 0 or more',
  listDigest: 'confirm.listDigest: expected a SHA-256 of 64 hexadecimal digits',
  digestAlone: 'confirm.listDigest: got a digest without a list, expected both: add list, or leave out the digest',
  list: 'list: expected a key below input/, at most 200 letters, digits, spaces, slashes and any of . _ - + ( )',
  metadata: 'clientMetadata: expected an object with strings',
  reserved: 'clientMetadata: got a reserved key, expected any key except cdkCognitoPasswordReset and __proto__',
  texts: 'clientMetadata: expected keys and values that are well-formed strings',
  characters: 'clientMetadata: expected at most 16384 characters in all',
  audience:
    'audience: expected RESET_REQUIRED, for users who must set a new password and have not: leave it out to reset all others',
  dryRun: 'dryRun: expected true or false',
};

type Problem = keyof typeof PROBLEMS;

/** The input as the function receives it: undefined fields are missing, and __proto__ is an ordinary key. */
const parsed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const withProto = (json: string): unknown => JSON.parse(json);

const problemsWith = (change: object) => inputProblems(parsed({ ...VALID, ...change }), POOL);
const confirmWith = (change: object) => ({ confirm: { ...VALID.confirm, ...change } });

describe('an input without problems', () => {
  test.each<[string, object]>([
    ['every field', {}],
    ['the required fields only', { list: undefined, clientMetadata: undefined, dryRun: undefined }],
    ['dryRun false', { dryRun: false }],
    ['an audience', { audience: 'RESET_REQUIRED' }],
    ['an id of one character', { campaignId: '_' }],
    ['an id of 64 characters', { campaignId: 'aZ09-_'.padEnd(64, 'x') }],
    ['one expected user', confirmWith({ expectedUsers: 1 })],
    ['ten billion expected users', confirmWith({ expectedUsers: 1e10 })],
    ['a number of malformed lines', confirmWith({ malformedLines: 3 })],
    ['the digest of the list', confirmWith({ listDigest: '0123456789abcdefABCDEF'.padEnd(64, '0') })],
    ['empty metadata', { clientMetadata: {} }],
    ['metadata with an empty key and value', { clientMetadata: { '': '' } }],
    ['metadata of 16,384 characters', { clientMetadata: { k: 'x'.repeat(10_000), l: 'y'.repeat(6_382) } }],
    ['metadata of any characters', { clientMetadata: { '\u0000 ключ': '😀{####}<b>' } }],
  ])('can have %s', (_, change) => {
    expect(problemsWith(change)).toEqual([]);
  });

  test.each([
    'input/users.csv',
    'input/users.jsonl',
    'input/users',
    'input/users.CSV',
    'input/all users.csv',
    'input/Users exported (2).txt',
    'input/2026-11-27T03+0000.json',
    'input/a/b_c/1.2-3.csv',
    'input/.hidden.csv',
    'input/-.jsonl',
  ])('can have the list %s', (list) => {
    expect(problemsWith({ list })).toEqual([]);
  });

  test.each([
    ['csv', 196],
    ['jsonl', 194],
  ])('can have a list whose key has 200 characters below input/: %s', (extension, characters) => {
    expect(problemsWith({ list: `input/${'x'.repeat(characters)}.${extension}` })).toEqual([]);
  });
});

describe('an input with one problem', () => {
  test.each([[undefined], [null], [1], ['text'], [true], [[]], [[VALID]]])(
    'is refused when it is no object: %j',
    (input) => {
      expect(inputProblems(input, POOL)).toEqual([PROBLEMS.input]);
    },
  );

  test.each<[Problem, object]>([
    ['unknown', { dryrun: true }],
    ['unknown', { users: 1, more: 2 }],
    ['unknown', { constructor: 'x' }],

    ['campaignId', { campaignId: undefined }],
    ['campaignId', { campaignId: '' }],
    ['campaignId', { campaignId: 'a b' }],
    ['campaignId', { campaignId: 'a\n' }],
    ['campaignId', { campaignId: '\na' }],
    ['campaignId', { campaignId: 'a/b' }],
    ['campaignId', { campaignId: '..' }],
    ['campaignId', { campaignId: 'é' }],
    ['campaignId', { campaignId: '#campaign' }],
    ['campaignId', { campaignId: 7 }],
    ['campaignId', { campaignId: ['a'] }],
    ['campaignId', { campaignId: null }],

    ['confirm', { confirm: undefined }],
    ['confirm', { confirm: null }],
    ['confirm', { confirm: POOL }],
    ['confirm', { confirm: [POOL, 1] }],
    ['confirmUnknown', confirmWith({ expectedusers: 1 })],
    ['userPoolId', confirmWith({ userPoolId: undefined })],
    ['userPoolId', confirmWith({ userPoolId: 'eu-central-1_other' })],
    ['userPoolId', confirmWith({ userPoolId: `${POOL} ` })],
    ['userPoolId', confirmWith({ userPoolId: [POOL] })],
    ['expectedUsers', confirmWith({ expectedUsers: undefined })],
    ['expectedUsers', confirmWith({ expectedUsers: 0 })],
    ['expectedUsers', confirmWith({ expectedUsers: -1 })],
    ['expectedUsers', confirmWith({ expectedUsers: 1.5 })],
    ['expectedUsers', confirmWith({ expectedUsers: 2 ** 53 })],
    ['expectedUsers', confirmWith({ expectedUsers: '12000' })],
    ['expectedUsers', confirmWith({ expectedUsers: [1] })],
    ['expectedUsers', confirmWith({ expectedUsers: true })],

    ['malformedLines', confirmWith({ malformedLines: -1 })],
    ['malformedLines', confirmWith({ malformedLines: 0.5 })],
    ['malformedLines', confirmWith({ malformedLines: '1' })],
    ['malformedLines', confirmWith({ malformedLines: null })],
    ['listDigest', confirmWith({ listDigest: null })],
    ['listDigest', confirmWith({ listDigest: '' })],
    ['listDigest', confirmWith({ listDigest: 'a'.repeat(63) })],
    ['listDigest', confirmWith({ listDigest: `${'a'.repeat(64)}\n` })],
    ['listDigest', confirmWith({ listDigest: 'g'.repeat(64) })],
    ['listDigest', confirmWith({ listDigest: ['a'.repeat(64)] })],
    ['digestAlone', { list: undefined, ...confirmWith({ listDigest: 'a'.repeat(64) }) }],

    ['list', { list: null }],
    ['list', { list: 1 }],
    ['list', { list: ['input/users.csv'] }],
    ['list', { list: '' }],
    ['list', { list: 'users.csv' }],
    ['list', { list: 'input' }],
    ['list', { list: 'input/' }],
    ['list', { list: 'input/users.csv\n' }],
    ['list', { list: 'input/us\ners.csv' }],
    ['list', { list: 'input//users.csv' }],
    ['list', { list: '/input/users.csv' }],
    ['list', { list: '/etc/users.csv' }],
    ['list', { list: './input/users.csv' }],
    ['list', { list: 'listings/breach/run.jsonl' }],
    ['list', { list: 'reports/breach/run/000001.jsonl' }],
    ['list', { list: 'Input/users.csv' }],
    ['list', { list: 'input/../listings/users.jsonl' }],
    ['list', { list: 'input/..' }],
    ['list', { list: 'input/...csv' }],
    ['list', { list: 'input/a/..\\users.csv' }],
    ['list', { list: 'input/%2e%2e/users.csv' }],
    ['list', { list: 'input/users.csv?versionId=1' }],
    ['list', { list: 'input/users\u00a0.csv' }],
    ['list', { list: 'input/leçon.csv' }],
    ['list', { list: 's3://bucket/input/users.csv' }],
    ['list', { list: 'arn:aws:s3:::bucket/input/users.csv' }],

    ['metadata', { clientMetadata: null }],
    ['metadata', { clientMetadata: 'template' }],
    ['metadata', { clientMetadata: ['template'] }],
    ['reserved', { clientMetadata: { cdkCognitoPasswordReset: 'forged' } }],
    ['texts', { clientMetadata: { key: 1 } }],
    ['texts', { clientMetadata: { key: null } }],
    ['texts', { clientMetadata: { key: ['text'] } }],
    ['texts', { clientMetadata: { key: { toString: 'text' } } }],
    ['texts', { clientMetadata: { key: '\ud800' } }],
    ['texts', { clientMetadata: { '\udfff': 'text' } }],

    ['audience', { audience: null }],
    ['audience', { audience: '' }],
    ['audience', { audience: 'reset_required' }],
    ['audience', { audience: 'CONFIRMED' }],
    ['audience', { audience: ['RESET_REQUIRED'] }],

    ['dryRun', { dryRun: null }],
    ['dryRun', { dryRun: 'true' }],
    ['dryRun', { dryRun: 1 }],
  ])('is refused because of %s: %j', (problem, change) => {
    expect(problemsWith(change)).toEqual([PROBLEMS[problem]]);
  });

  test.each<[Problem, string, object]>([
    ['campaignId', 'of 65 characters', { campaignId: 'x'.repeat(65) }],
    ['list', 'of 201 characters', { list: `input/${'x'.repeat(197)}.csv` }],
    ['list', 'of 201 characters, in the other format', { list: `input/${'x'.repeat(195)}.jsonl` }],
    ['list', 'longer than any key', { list: `input/${'x'.repeat(2_000)}.csv` }],
    ['characters', 'in a value', { clientMetadata: { k: 'x'.repeat(16_384) } }],
    ['characters', 'in a key', { clientMetadata: { ['k'.repeat(16_384)]: 'x' } }],
    ['characters', 'in many', { clientMetadata: { k: 'x'.repeat(8_192), l: 'y'.repeat(8_191) } }],
  ])('is refused because of %s when it is too long: %s', (problem, _, change) => {
    expect(problemsWith(change)).toEqual([PROBLEMS[problem]]);
  });

  test.each<[Problem, string]>([
    ['unknown', JSON.stringify(VALID).replace('"dryRun":true', '"__proto__":{"dryRun":true}')],
    ['confirmUnknown', JSON.stringify(VALID).replace('"userPoolId"', '"__proto__":{},"userPoolId"')],
    ['reserved', JSON.stringify(VALID).replace('"template"', '"__proto__"')],
  ])('is refused because of %s with the key __proto__: %s', (problem, json) => {
    expect(inputProblems(withProto(json), POOL)).toEqual([PROBLEMS[problem]]);
  });
});

describe('an input with several problems', () => {
  test('gets every problem when it is empty', () => {
    expect(inputProblems({}, POOL)).toEqual([PROBLEMS.campaignId, PROBLEMS.confirm]);
  });

  test('gets every problem when every field is wrong', () => {
    const input = {
      campaignId: '',
      confirm: { userPoolId: 'other', expectedUsers: 0, more: 1 },
      list: '../users.csv',
      clientMetadata: { cdkCognitoPasswordReset: '\ud800', more: 'x'.repeat(16_384) },
      dryRun: 'no',
      more: 1,
    };
    const {
      unknown,
      campaignId,
      confirmUnknown,
      userPoolId,
      expectedUsers,
      list,
      reserved,
      texts,
      characters,
      dryRun,
    } = PROBLEMS;

    expect(inputProblems(parsed(input), POOL).sort()).toEqual(
      [
        unknown,
        campaignId,
        confirmUnknown,
        userPoolId,
        expectedUsers,
        list,
        reserved,
        texts,
        characters,
        dryRun,
      ].sort(),
    );
  });
});

describe('any input', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const secret = text.map((value) => `${value}${MARK}`);
  const validText = fc.string({ unit: 'grapheme', maxLength: 100 }).filter((value) => value.isWellFormed());
  const validInput = fc.record(
    {
      campaignId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
      confirm: fc.record({ userPoolId: fc.constant(POOL), expectedUsers: fc.integer({ min: 1 }) }),
      list: fc.stringMatching(/^input\/[a-z0-9_-]{1,30}(\/[a-z0-9_-]{1,30}){0,3}\.(csv|jsonl)$/),
      clientMetadata: fc.dictionary(
        validText.filter((key) => key !== 'cdkCognitoPasswordReset' && key !== '__proto__'),
        validText,
        { maxKeys: 20 },
      ),
      dryRun: fc.boolean(),
    },
    { requiredKeys: ['campaignId', 'confirm'] },
  );

  test('has no problems and is not changed when it keeps the rules', () => {
    fc.assert(
      fc.property(validInput, (valid) => {
        const input = parsed(valid);
        expect(inputProblems(input, POOL)).toEqual([]);
        expect(asCampaignInput(input)).toEqual(valid);
      }),
      RUNS,
    );
  });

  test('gets known problems only, and no exception, when it is JSON', () => {
    const json = fc.json({ noUnicodeString: false }).map((value) => JSON.parse(value));
    const field = fc.oneof(json, fc.constant(undefined));
    const near = fc.record({ campaignId: field, confirm: field, list: field, clientMetadata: field, dryRun: field });
    const metadata = fc.dictionary(
      fc.oneof(text, fc.constantFrom('toString', 'valueOf', '__proto__', 'length')),
      fc.oneof(json, fc.dictionary(fc.constantFrom('toString', 'valueOf'), json)),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          json,
          near,
          metadata.map((clientMetadata) => ({ ...VALID, clientMetadata })),
        ),
        (input) => {
          for (const problem of inputProblems(input, POOL)) expect(Object.values(PROBLEMS)).toContain(problem);
        },
      ),
      RUNS,
    );
  });

  test('is not repeated in its problems', () => {
    const noText = fc.oneof(
      fc.array(secret, { minLength: 1 }),
      fc.dictionary(secret, secret, { minKeys: 1 }),
      fc.tuple(secret, fc.integer()),
    );
    const value = fc.oneof(secret, noText);
    const broken = fc.oneof(
      value,
      fc
        .oneof(
          noText,
          secret.map((id) => `${id}!`),
        )
        .map((campaignId) => ({ campaignId })),
      value.map((confirm) => ({ confirm })),
      value.map((userPoolId) => confirmWith({ userPoolId })),
      value.map((expectedUsers) => confirmWith({ expectedUsers })),
      fc.tuple(secret, value).map(([field, more]) => confirmWith({ [field]: more })),
      value.map((list) => ({ list })),
      secret.map((name) => ({ list: `reports/${name}.csv` })),
      fc.tuple(secret, fc.integer()).map(([key, number]) => ({ clientMetadata: { [key]: number } })),
      fc.tuple(secret, secret).map(([key, more]) => ({ clientMetadata: { [key]: `${more}\ud800` } })),
      fc.tuple(secret, secret).map(([key, more]) => ({ clientMetadata: { [`${key}\udfff`]: more } })),
      secret.map((more) => ({ clientMetadata: { cdkCognitoPasswordReset: more } })),
      secret.map((more) => ({ clientMetadata: { key: more.repeat(3_000) } })),
      fc.oneof(secret, fc.array(secret, { minLength: 1 })).map((clientMetadata) => ({ clientMetadata })),
      value.map((dryRun) => ({ dryRun })),
      fc.tuple(secret, value).map(([field, more]) => ({ [field]: more })),
    );
    fc.assert(
      fc.property(broken, (change) => {
        const input = typeof change === 'object' && !Array.isArray(change) ? { ...VALID, ...change } : change;
        const problems = inputProblems(input, POOL);
        expect(problems).not.toEqual([]);
        expect(problems.join('\n')).not.toContain(MARK);
      }),
      RUNS,
    );
  });
});
