import fc from 'fast-check';
import { type ListFormat, readCsvHeader, readNamedUser } from '../../../../lambda/campaign/listing/list-format';

const RUNS = { numRuns: 500 };

const JSONL: ListFormat = { kind: 'JSONL' };
const csv = (column = 0, columns = column + 1): ListFormat => ({
  kind: 'CSV',
  column,
  columns: Array.from({ length: columns }, (_, at) => (at === column ? 'username' : `other ${at}`)),
});

const readUsername = (line: { text: string | undefined }, format: ListFormat) => {
  const user = readNamedUser(line, format);
  return user ? user.username : user;
};

const SUB = '0f8fad5b-d9cb-469f-a165-70867728950e';

describe('the header of a CSV list', () => {
  test.each([
    ['username', 0, 1],
    ['sub', 0, 1],
    ['"username"', 0, 1],
    ['\ufeffusername', 0, 1],
    ['\ufeff"sub"', 0, 1],
    [' username ', 0, 1],
    ['" username "', 0, 1],
    ['id,username', 1, 2],
    ['id, username,email', 1, 3],
    ['"name, first","say ""hi""",sub,', 2, 4],
    ['name\\, first,username', 1, 2],
    [',,username', 2, 3],
    ['user name,usernames,user,username', 3, 4],
    ['sub,username', 1, 2],
    ['username,sub', 0, 2],
  ])(
    'names the column of the user names, of which username is preferred: %j, column %d of %d',
    (header, column, columns) => {
      const format = readCsvHeader(header);

      expect(format).toMatchObject({ kind: 'CSV', column });
      expect(format?.kind === 'CSV' && format.columns).toHaveLength(columns);
    },
  );

  test.each([
    [undefined],
    [''],
    ['  '],
    ['\ufeff'],
    ['user name'],
    ['usernames,subject'],
    ['email;username'],
    ['"username'],
    ['user"name",username'],
    ['{"username":"ann"}'],
    ['username\rann\rbob'],
    ['\ufffd\ufffdu\0s\0e\0r\0n\0a\0m\0e\0'],
  ])('is refused without a column of user names: %j', (header) => {
    expect(readCsvHeader(header)).toBeUndefined();
  });
});

describe('a line of a CSV list', () => {
  test.each([
    ['1,ann', 'ann'],
    ['1,"ann"', 'ann'],
    ['1, ann ', 'ann'],
    ['"Smith, Ann",ann', 'ann'],
    ['"say ""hi, you""",ann', 'ann'],
    [',ann', 'ann'],
    ['1,"ann,smith"', 'ann,smith'],
    ['1,"an""n"', 'an"n'],
    ['1,""""', '"'],
    ["1,'ann'", "'ann'"],
    ['1,ann@example.com', 'ann@example.com'],
    ['1,+15550100', '+15550100'],
    [`1,${SUB}`, SUB],
    ['Doe\\, Ann,ann', 'ann'],
    ['\\,,ann', 'ann'],
    ['1,ann\\,smith', 'ann,smith'],
    ['1,"ann\\,smith"', 'ann\\,smith'],
    ['1,DOMAIN\\ann', 'DOMAIN\\ann'],
  ])('is read: %j names %j', (text, name) => {
    expect(readUsername({ text }, csv(1))).toBe(name);
  });

  test('is read with more columns after the user name', () => {
    expect(readUsername({ text: '1,ann,more,"cells, and more"' }, csv(1, 4))).toBe('ann');
  });

  // The cell in the place of the user name is part of another cell, and can be the user name of another user.
  test.each([
    ['a bare comma', 'Doe, Ann,ann', 2],
    ['a bare comma in the last cell', '1,ann,Doe, Ann', 3],
    ['a comma at the end', '1,ann,', 2],
    ['a cell that was left out', '1,ann', 3],
    ['a cell too many', '1,ann,more', 2],
    ['an escaped separator', 'CORP\\,ann', 2],
    ['a null character', 'a\0,ann', 2],
  ])('is malformed with another number of cells than the header has: %s', (_, text, columns) => {
    expect(readUsername({ text }, csv(1, columns))).toBeUndefined();
  });

  test.each(['1', '1,', '1,""', '1," "', ',', '1,"ann', '1,an"n"', '1,"an"n', '"1,ann', '1,ann\r2,bob'])(
    'is malformed: %j',
    (text) => {
      expect(readUsername({ text }, csv(1))).toBeUndefined();
    },
  );
});

describe('the identifiers in a line', () => {
  const pairs = (format: ListFormat, text: string) =>
    readNamedUser({ text }, format)?.identifiers.map(({ attribute, value }) => `${attribute}=${value}`);

  test('are all read, also when two columns or fields are for the same attribute', () => {
    const header = readCsvHeader('username,email,cognito:email,email') ?? JSONL;

    expect(pairs(header, 'ann,,ann@example.com,bob@example.com')).toEqual([
      'email=ann@example.com',
      'email=bob@example.com',
    ]);
    expect(pairs(JSONL, '{"username":"ann","email":"","cognito:email":"bob@example.com"}')).toEqual([
      'email=bob@example.com',
    ]);
  });

  test.each([
    [
      'username,sub,email,phone_number',
      'ann,1-2,ann@example.com,+15550100',
      { sub: '1-2', email: 'ann@example.com', phone_number: '+15550100' },
    ],
    ['cognito:sub,username,cognito:email', '1-2,ann,ann@example.com', { sub: '1-2', email: 'ann@example.com' }],
    ['username,email,name', 'ann, ann@example.com ,Ann', { email: 'ann@example.com' }],
    ['username,email', 'ann,', {}],
    ['username,name', 'ann,Ann', {}],
  ])('are read from the columns %s: %s', (header, text, identifiers) => {
    expect(readNamedUser({ text }, readCsvHeader(header) ?? JSONL)).toEqual({
      username: 'ann',
      identifiers: Object.entries(identifiers).map(([attribute, value]) => ({ attribute, value })),
    });
  });

  test.each([
    ['{"username":"ann","sub":"1-2","email":"ann@example.com"}', { sub: '1-2', email: 'ann@example.com' }],
    ['{"username":"ann","cognito:email":"ann@example.com","email":""}', { email: 'ann@example.com' }],
    ['{"username":"ann","email":7,"__proto__":{"sub":"1-2"}}', {}],
    ['"ann"', {}],
  ])('are read from the fields of %s', (text, identifiers) => {
    expect(readNamedUser({ text }, JSONL)).toEqual({
      username: 'ann',
      identifiers: Object.entries(identifiers).map(([attribute, value]) => ({ attribute, value })),
    });
  });
});

describe('a line of a JSONL list', () => {
  test.each([
    ['"ann"', 'ann'],
    [' "ann" ', 'ann'],
    ['\ufeff"ann"', 'ann'],
    ['"a\\u006en"', 'ann'],
    ['"an\\"n"', 'an"n'],
    ['{"username":"ann"}', 'ann'],
    ['\ufeff{"email":"ann@example.com","username":"ann"}', 'ann'],
    [`{"sub":"${SUB}"}`, SUB],
    [`{"sub":"${SUB}","username":"ann"}`, 'ann'],
    [`{"sub":"${SUB}","outcome":"NOT_SENT","reason":"ResetNotSentError"}`, SUB],
    [`{"sub":"${SUB}","skip":"DISABLED"}`, SUB],
  ])('is read: %j names %j', (text, name) => {
    expect(readUsername({ text }, JSONL)).toBe(name);
  });

  test.each([
    'ann',
    '1',
    'true',
    'null',
    '{}',
    '[]',
    '["ann"]',
    '""',
    '" ann"',
    '{"username":1}',
    '{"username":null,"sub":"ann"}',
    '{"username":{"username":"ann"}}',
    '{"username":["ann"]}',
    '{"Username":"ann"}',
    '{"user":"ann"}',
    '{"__proto__":{"username":"ann"}}',
    '{"username":"ann\\ud83d"}',
    '{"username":"ann"',
    '{"username":"ann"},',
    '"ann" "bob"',
    '"ann"\r"bob"',
    '{"line":7,"outcome":"SKIPPED","reason":"MALFORMED"}',
  ])('is malformed: %j', (text) => {
    expect(readUsername({ text }, JSONL)).toBeUndefined();
  });
});

describe.each<[string, ListFormat, (name: string) => string]>([
  ['CSV', csv(), (name) => `"${name.replaceAll('"', '""')}"`],
  ['JSONL', JSONL, (name) => JSON.stringify(name)],
])('any line of a %s list', (_, format, write) => {
  test.each(['', ' ', '\t \t', '\ufeff'])('is skipped when it is empty: %j', (text) => {
    expect(readUsername({ text }, format)).toBeNull();
  });

  test('is malformed when it was too long to be read', () => {
    expect(readUsername({ text: undefined }, format)).toBeUndefined();
  });

  test.each([
    ['one character', 'a'],
    ['128 letters', 'x'.repeat(128)],
    ['128 characters, which are 256 of JavaScript', '😀'.repeat(128)],
    ['a letter and a mark', 'e\u0301'],
    ['letters of many scripts', '株式会社Λεωνίδαςשלום'],
    ['numbers', '²½Ⅳ٣'],
    ['symbols', '€+<>^`|~'],
    ['punctuation', '!"#%&\'()*,-./:;?@[\\]_{}'],
  ])('can name a user with %s', (_what, name) => {
    expect(readUsername({ text: write(name) }, format)).toBe(name);
  });

  test.each([
    ['129 letters', 'x'.repeat(129)],
    ['129 symbols', '😀'.repeat(129)],
    ['a space', 'ann smith'],
    ['a space that does not break', 'ann\u00a0smith'],
    ['a line separator', 'ann\u2028smith'],
    ['a tab', 'ann\tsmith'],
    ['a control character', 'ann\0'],
    ['a format character', 'ann\u200b'],
    ['a byte order mark', 'an\ufeffn'],
    ['a private character', '\ue000'],
    ['a character that is not assigned', '\u0378'],
  ])('cannot name a user with %s', (_what, name) => {
    expect(readUsername({ text: write(name) }, format)).toBeUndefined();
  });
});

/** One character of Cognito's pattern, of any number of code points. Characters with a meaning in a format are frequent. */
const character = fc.oneof(
  fc.constantFrom('"', ',', "'", ';', '\\', '{', '}', '#', '=', 'n', '\u0301', '😀'),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 1 })
    .filter((text) => /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(text)),
);
const userName = fc.string({ unit: character, minLength: 1, maxLength: 40 }).filter((name) => [...name].length <= 128);

/** Any text without a line break. */
const cell = fc.string({ unit: fc.oneof(fc.constantFrom('"', ',', ' ', '\t', '\ufeff'), character), maxLength: 20 });
const otherColumn = cell.filter((name) => !/^\s*(?:username|sub)\s*$/.test(name));

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
function csvRecord(cells: readonly string[], quoteAll: boolean): string {
  return cells.map((text) => (quoteAll || /[",\\]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',');
}

test('a user name is read from a CSV record, whatever the other columns contain', () => {
  const list = fc.record({
    field: fc.constantFrom('username', 'sub'),
    before: fc.array(fc.tuple(otherColumn, cell), { maxLength: 3 }),
    after: fc.array(fc.tuple(otherColumn, cell), { maxLength: 3 }),
    name: userName,
    quoteAll: fc.boolean(),
    mark: fc.constantFrom('', '\ufeff'),
  });
  fc.assert(
    fc.property(list, ({ field, before, after, name, quoteAll, mark }) => {
      const [header, record] = [0, 1].map((row) =>
        csvRecord(
          [
            ...before.map((cells) => cells[row] ?? ''),
            row === 0 ? field : name,
            ...after.map((cells) => cells[row] ?? ''),
          ],
          quoteAll,
        ),
      );
      const format = readCsvHeader(`${mark}${header}`);
      expect(format).toMatchObject({ kind: 'CSV', column: before.length });
      expect(readUsername({ text: record }, format as ListFormat)).toBe(name);
    }),
    RUNS,
  );
});

test('a user name is read from a JSONL line, whatever the other fields contain', () => {
  const others = fc.dictionary(
    fc.string().filter((field) => !['username', 'sub'].includes(field)),
    fc.jsonValue(),
  );
  const toAscii = (text: string) =>
    text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  fc.assert(
    fc.property(
      fc.constantFrom('username', 'sub'),
      others,
      userName,
      fc.boolean(),
      (field, fields, name, asciiOnly) => {
        for (const value of [name, { ...fields, [field]: name }, { [field]: name, ...fields }]) {
          const text = JSON.stringify(value);
          expect(readUsername({ text: asciiOnly ? toAscii(text) : text }, JSONL)).toBe(name);
        }
      },
    ),
    RUNS,
  );
});

test('any text is read without an exception, and only a valid user name is accepted', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', ' ', '\ufeff', 'a', '\ud800') }),
    fc.json(),
    fc.json().map((text) => text.slice(1)),
  );
  fc.assert(
    fc.property(line, fc.nat({ max: 3 }), (text, column) => {
      for (const format of [readCsvHeader(text) ?? csv(column), JSONL]) {
        const name = readUsername({ text }, format);
        if (typeof name === 'string') expect(name).toMatch(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u);
        else expect(name === null).toBe(text.trim() === '');
      }
    }),
    RUNS,
  );
});
