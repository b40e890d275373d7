import fc from 'fast-check';
import { UnreadableListError } from '../../../../lambda/campaign/listing/list-record';
import { encode, namesIn, readList } from '../../../support/lists';
import { cases } from '../../../support/soak';

const RUNS = { numRuns: cases(100, 5_000) };

const SUB = '0f8fad5b-d9cb-469f-a165-70867728950e';

/** Why a list is refused. */
async function refusal(content: string | Buffer): Promise<string> {
  const error = await readList(content).then(
    ({ records }) => new Error(`read ${records.length} records`),
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(UnreadableListError);
  return error.found;
}

describe('the header of a CSV list', () => {
  test.each([
    ['username', 'username', 1],
    ['sub', 'sub', 1],
    ['"username"', 'username', 1],
    ['\ufeffusername', 'username', 1],
    ['\ufeff"sub"', 'sub', 1],
    [' username ', 'username', 1],
    ['" username "', 'username', 1],
    ['id,username', 'username', 2],
    ['id, username,email', 'username', 3],
    ['"name, first","say ""hi""",sub,', 'sub', 4],
    ['name\\, first,username', 'username', 2],
    [',,username', 'username', 3],
    ['user name,usernames,user,username', 'username', 4],
    ['sub,username', 'username', 2],
    ['username,sub', 'username', 2],
    ['Username,Email', 'Username', 2],
    ['USERNAME', 'USERNAME', 1],
    ['cognito:username,name,email,cognito:mfa_enabled', 'cognito:username', 4],
    ['cognito:username,username', 'cognito:username', 2],
  ])(
    'names the column of the user names, of which username is preferred: %j, column %s of %d',
    async (header, column, width) => {
      expect((await readList(`${header}\n`)).format).toMatchObject({ kind: 'CSV', separator: ',', column, width });
    },
  );

  test.each([
    ['email;username', ';', 2],
    ['"name; first";username', ';', 2],
    ['name, first;username', ';', 2],
    ['email\tusername', '\t', 2],
    ['username\t', '\t', 2],
    ['email|username', '|', 2],
    ['username;email,work', ';', 2],
    ['sep=;\nemail;username', ';', 2],
    ['sep=;\r\nusername', ';', 1],
    ['"sep=,"\nemail,username', ',', 2],
    ['SEP=\t\nemail\tusername', '\t', 2],
    ['sep=;\nusername,email;username', ';', 2],
  ])('tells the separator: %j', async (header, separator, width) => {
    expect((await readList(`${header}\n`)).format).toMatchObject({ kind: 'CSV', separator, width });
  });

  test.each<[string, string]>([
    ['', 'no line'],
    ['  ', 'no line'],
    ['\ufeff', 'no line'],
    ['\n \r\n', 'no line'],
    ['user name', 'a first line with one column, which is not called username or sub'],
    ['usernames,subject', 'a first line with 2 columns separated by `,`, none of which is called username or sub'],
    ['name;usernames;email', 'a first line with 3 columns separated by `;`, none of which is called username or sub'],
    ['name\tuser', 'a first line with 2 columns separated by tabs, none of which is called username or sub'],
    ['"name"\n"ann"', 'a first line with one column, which is not called username or sub'],
    ['"username', 'a first line that is neither CSV nor JSON'],
    ['user"name",username', 'a first line that is neither CSV nor JSON'],
    ['username;a,username', 'a first line with several separators'],
    ['sep=#\nusername#email', 'a first line with a separator that is not known'],
    [`username,${'x'.repeat(17_000)}`, 'a first line that is too long'],
  ])('is refused without a column of user names: %j', async (content, found) => {
    expect(await refusal(content)).toBe(found);
  });

  test.each([
    ['#TYPE System.Object\r\n"Email","Username"\r\n"x","ann"\r\n', ','],
    ['#TYPE System.Object\n"Email";"Username"\n"x";"ann"\n', ';'],
    ['#TYPE System.Object,\nEmail,Username\nx,ann\n', ','],
  ])('is found after the type of the objects, which PowerShell writes: %j', async (content, separator) => {
    const { format, records } = await readList(content);

    expect(format).toMatchObject({ kind: 'CSV', separator, column: 'Username' });
    expect(records).toMatchObject([{ number: 3, user: { username: 'ann' } }]);
  });

  test.each(['# username\nann\n', '#TYPE\nusername\nann\n', '#TYPE System.Object\n#TYPE System.Object\nusername\n'])(
    'is not found after another line: %j',
    async (content) => {
      expect(await refusal(content)).toBe('a first line with one column, which is not called username or sub');
    },
  );

  test('is found after blank lines, which are counted', async () => {
    expect(await namesIn('\r\n  \nusername\nann\n')).toEqual([[4, 'ann']]);
  });
});

describe('a file that is no list', () => {
  test.each<[string, Buffer, string]>([
    ['a workbook', Buffer.from('PK\u0003\u0004\u0014\0username', 'latin1'), 'a workbook or a compressed file'],
    ['a gzip file', Buffer.from([0x1f, 0x8b, 8, 0]), 'a workbook or a compressed file'],
    [
      'UTF-16 without a byte order mark',
      Buffer.from('username\nann\n', 'utf16le'),
      'bytes of zero, as in UTF-16 without a byte order mark',
    ],
    [
      'a header in a code page',
      Buffer.from('pr\xe9nom,username\nx,ann\n', 'latin1'),
      'a first line that is not well-formed',
    ],
  ])('is refused with what it is: %s', async (_, content, found) => {
    expect(await refusal(content)).toBe(found);
  });
});

describe('a line of a CSV list', () => {
  const nameIn = async (text: string, header = 'other,username') => (await namesIn(`${header}\n${text}\n`))[0]?.[1];

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
  ])('is read: %j names %j', async (text, name) => {
    expect(await nameIn(text)).toBe(name);
  });

  test.each([
    ['Doe, Ann;ann', 'ann'],
    ['DOMAIN\\;ann', 'ann'],
    ['1;ann,smith', 'ann,smith'],
    ['"1;2";"ann;smith"', 'ann;smith'],
  ])('is read between semicolons, where a backslash escapes nothing: %j names %j', async (text, name) => {
    expect(await nameIn(text, 'other;username')).toBe(name);
  });

  test('is read with more columns after the user name', async () => {
    expect(await nameIn('1,ann,more,"cells, and more"', 'other,username,some,more')).toBe('ann');
  });

  // The cell in the place of the user name is part of another cell, and can be the user name of another user.
  test.each([
    ['a bare comma', 'Doe, Ann,ann', 'other,username'],
    ['a bare comma in the last cell', '1,ann,Doe, Ann', 'other,username,more'],
    ['a comma at the end', '1,ann,', 'other,username'],
    ['a cell that was left out', '1,ann', 'other,username,more'],
    ['a cell too many', '1,ann,more', 'other,username'],
    ['an escaped separator', 'CORP\\,ann', 'other,username'],
    ['a null character', 'a\0,ann', 'other,username'],
    ['a bare semicolon', 'Doe; Ann;ann', 'other;username'],
  ])('is malformed with another number of cells than the header has: %s', async (_, text, header) => {
    const { records } = await readList(`${header}\n${text}\n`);

    expect(records).toMatchObject([{ number: 2, user: undefined }]);
  });

  test.each(['1', '1,', '1,""', '1," "', '1,an"n"', '1,"an"n', '1, "ann"', '1,ann\r2,bob'])(
    'is malformed: %j',
    async (text) => {
      const { records } = await readList(`other,username\r\n${text}\r\n`);

      expect(records).toMatchObject([{ number: 2, user: undefined }]);
    },
  );

  test.each(['', ' ', '\t \t', ',', ' , ', '"",""', ',,,'])('is blank, and names nobody: %j', async (text) => {
    expect(await namesIn(`other,username\n${text}\n1,ann`)).toEqual([[3, 'ann']]);
  });

  test.each([';;', '\t\t', '\t'])('is blank between other separators: %j', async (text) => {
    const separator = text[0];
    expect(await namesIn(`other${separator}username${separator}\n${text}\n1${separator}ann${separator}`)).toEqual([
      [3, 'ann'],
    ]);
  });
});

describe('a quoted cell with line breaks', () => {
  test.each([
    ['\n', 'a line feed'],
    ['\r\n', 'the line break of Windows'],
    ['\r', 'a carriage return'],
  ])('belongs to one record, whose number is that of its first line: %j', async (lineBreak) => {
    const lines = ['address,username', '"1 Main St', 'Springfield",ann', '2,bob'];

    expect(await namesIn(lines.join(lineBreak))).toEqual([
      [2, 'ann'],
      [4, 'bob'],
    ]);
  });

  // A line within the cell looks like a user.
  test('names nobody by its lines', async () => {
    expect(await namesIn('note,username\n"see\nfoo,jane\nbar",ann\n "see\nfoo,jane\nbar",ann')).toEqual([
      [2, 'ann'],
      [5, undefined],
    ]);
  });

  test.each([
    ['1,"ann\n2,bob\n', 'a quoted cell that begins in line 2 and is not closed'],
    ['1,ann\n"2,bob\n3,cid', 'a quoted cell that begins in line 3 and is not closed'],
    [`1,ann\n"2,bob\n${'3,cid\n'.repeat(20_000)}"`, 'a quoted cell that begins in line 3 and is not closed'],
  ])('must be closed: %#', async (text, found) => {
    expect(await refusal(`other,username\n${text}`)).toBe(found);
  });
});

describe('the line breaks of scripts that write CRLF twice', () => {
  test('have two carriage returns', async () => {
    for (const content of ['other,username\r\r\n1,ann\r\r\n"2\r\r\n",bob\r\r\n', 'username\r\r\nann\r\r\nbob\r\r\n']) {
      const { format, records } = await readList(content);

      expect(format).toMatchObject({ kind: 'CSV', lineBreak: '\n' });
      expect(records.map(({ user }) => user?.username)).toEqual(['ann', 'bob']);
      expect(records[0]?.number).toBe(2);
    }
  });
});

describe('the line breaks of old spreadsheets', () => {
  test('are carriage returns alone', async () => {
    expect(await namesIn('username\rann\rbob')).toEqual([
      [2, 'ann'],
      [3, 'bob'],
    ]);
  });

  test('are not mixed with line feeds', async () => {
    expect(await namesIn('other,username\r1,ann\n2,bob\r3,cid')).toEqual([
      [2, undefined],
      [3, 'cid'],
    ]);
  });
});

describe('the identifiers in a line', () => {
  const pairs = async (content: string) => {
    const { records } = await readList(content);
    return records.map(({ user }) => [
      user?.username,
      ...(user?.identifiers ?? []).map(({ attribute, value }) => `${attribute}=${value}`),
    ]);
  };

  test.each([
    [
      'username,email,cognito:email,email',
      'ann,,ann@example.com,bob@example.com',
      ['email=ann@example.com', 'email=bob@example.com'],
    ],
    [
      'username,sub,email,phone_number',
      'ann,1-2,ann@example.com,+15550100',
      ['sub=1-2', 'email=ann@example.com', 'phone_number=+15550100'],
    ],
    ['cognito:sub,username,cognito:email', '1-2,ann,ann@example.com', ['sub=1-2', 'email=ann@example.com']],
    ['Username,Email,Phone_Number', 'ann,ann@example.com,', ['email=ann@example.com']],
    ['cognito:username,username', 'ann,bob', ['username=bob']],
    ['username,email,name', 'ann, ann@example.com ,Ann', ['email=ann@example.com']],
    ['username,email', 'ann,', []],
    ['username,name', 'ann,Ann', []],
  ])('are read from the columns %s: %s', async (header, text, identifiers) => {
    expect(await pairs(`${header}\n${text}`)).toEqual([['ann', ...identifiers]]);
  });

  test('are the sub as well when it names the user', async () => {
    expect(await pairs('name,sub\nAnn,1-2')).toEqual([['1-2', 'sub=1-2']]);
  });

  test.each([
    ['{"username":"ann","sub":"1-2","email":"ann@example.com"}', ['sub=1-2', 'email=ann@example.com']],
    ['{"username":"ann","cognito:email":"ann@example.com","email":""}', ['email=ann@example.com']],
    ['{"username":"ann","phone_number":15550100,"email":null}', ['phone_number=15550100']],
    ['{"username":"ann","email":true,"__proto__":{"sub":"1-2"}}', ['email=true']],
    ['{"username":"ann","email":["bob@example.com"]}', ['email=["bob@example.com"]']],
    ['{"Username":"ann","username":"bob"}', ['username=bob']],
    [
      '{"Username":"ann","Attributes":[{"Name":"sub","Value":"1-2"},{"Name":"email","Value":"ann@example.com"},{"Name":"name","Value":"Ann"}],"Enabled":true}',
      ['sub=1-2', 'email=ann@example.com'],
    ],
    [
      '{"Username":"ann","UserAttributes":[{"Name":"phone_number","Value":"+15550100"},7,null]}',
      ['phone_number=+15550100'],
    ],
    ['{"Username":"ann","Attributes":{"email":"bob@example.com","name":"Ann"}}', ['email=bob@example.com']],
    ['{"Username":"ann","Attributes":null}', []],
    ['{"Username":"ann","Attributes":["AttributeType"]}', []],
    ['["ann"]', []],
  ])('are read from the fields of %s', async (text, identifiers) => {
    expect(await pairs(text)).toEqual([['ann', ...identifiers]]);
  });
});

describe('a line of a JSONL list', () => {
  /** The name in the second line. The first one tells the format. */
  const nameIn = async (text: string) => {
    const { format, records } = await readList(`{"username":"first"}\n${text}`);
    expect(format).toEqual({ kind: 'JSONL' });
    expect(records).toHaveLength(2);
    expect(records[1]?.number).toBe(2);
    return records[1]?.user?.username;
  };

  test.each([
    ['"ann"', 'ann'],
    [' "ann" ', 'ann'],
    ['\ufeff"ann"', 'ann'],
    ['"a\\u006en"', 'ann'],
    ['"an\\"n"', 'an"n'],
    ['{"username":"ann"}', 'ann'],
    ['\ufeff{"email":"ann@example.com","username":"ann"}', 'ann'],
    ['{"Username":"ann"}', 'ann'],
    ['{"cognito:username":"ann"}', 'ann'],
    [`{"sub":"${SUB}"}`, SUB],
    [`{"sub":"${SUB}","username":"ann"}`, 'ann'],
    [`{"sub":"${SUB}","outcome":"NOT_SENT","reason":"ResetNotSentError"}`, SUB],
    [`{"sub":"${SUB}","skip":"DISABLED"}`, SUB],
  ])('is read: %j names %j', async (text, name) => {
    expect(await nameIn(text)).toBe(name);
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
    '{"UserName":"ann"}',
    '{"user":"ann"}',
    '{"User":{"Username":"ann"}}',
    '{"Attributes":[{"Name":"sub","Value":"ann"},{"Name":"username","Value":"ann"}]}',
    '{"__proto__":{"username":"ann"}}',
    '{"username":"ann\\ud83d"}',
    '{"username":"ann"',
    '{"username":"ann"},',
    '"ann" "bob"',
    '"ann"\r"bob"',
    '{"line":7,"outcome":"SKIPPED","reason":"MALFORMED"}',
  ])('is malformed: %j', async (text) => {
    expect(await nameIn(text)).toBeUndefined();
  });
});

describe('a JSON list', () => {
  const users = [{ Username: 'ann', Attributes: [] }, { username: 'bob' }, 'cid', { sub: SUB }];
  const expected = [
    [1, 'ann'],
    [2, 'bob'],
    [3, 'cid'],
    [4, SUB],
  ];

  test.each<[string, string]>([
    ['an array on one line', JSON.stringify(users)],
    ['an array with line breaks', JSON.stringify(users, undefined, 2)],
    ['an array with a user on each line', `[\n${users.map((user) => JSON.stringify(user)).join(',\n')}\n]\n`],
    ['Users, as the AWS CLI prints them', JSON.stringify({ Users: users }, undefined, 4)],
    ['Users on one line', JSON.stringify({ Users: users })],
    [
      'Users between other fields',
      JSON.stringify({ Count: 4, More: { Users: ['x'] }, Users: users, PaginationToken: 'Users' }),
    ],
    ['Users of several pages', users.map((user) => JSON.stringify({ Users: [user] }, undefined, 1)).join('\n')],
    ['values with line breaks, as jq prints them', users.map((user) => JSON.stringify(user, undefined, 2)).join('\n')],
    ['values with commas after them', users.map((user) => `${JSON.stringify(user)},`).join('\n')],
    ['an array after spaces', ` \n\t ${JSON.stringify(users)}`],
  ])('is read: %s', async (_, content) => {
    expect(await namesIn(content)).toEqual(expected);
  });

  test.each<[string, string]>([
    ['{"Users":[]}', 'an object without users'],
    ['[]', 'an empty array'],
    ['[\n]', 'an empty array with a line break'],
  ])('can be empty: %s', async (content) => {
    expect(await namesIn(content)).toEqual([]);
  });

  test('has malformed elements, which are numbered', async () => {
    expect(await namesIn('[{"name":"ann"},\n{"User":{"Username":"ann"}},"", {"Username":"ann"}]')).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, 'ann'],
    ]);
  });

  test('keeps the text of strings that look like JSON', async () => {
    const trap = '}],"Users":[{"Username":"jane"},\\"';

    expect(
      await namesIn(JSON.stringify([{ note: trap, [trap]: trap, username: 'ann' }, { Users: trap }], undefined, 1)),
    ).toEqual([
      [1, 'ann'],
      [2, undefined],
    ]);
  });

  test('has no element of more than a mebibyte', async () => {
    const long = { username: 'jane', note: 'x'.repeat(2 ** 20) };

    expect(await namesIn(JSON.stringify([long, 'ann', long, 'bob']))).toEqual([
      [1, undefined],
      [2, 'ann'],
      [3, undefined],
      [4, 'bob'],
    ]);
  });

  test.each<[string, string, string]>([
    ['is cut off', '[{"username":"ann"},{"username":"b', 'an end in the middle of the JSON, at byte 35 in line 1'],
    ['is cut off after an element', '[{"username":"ann"},\n', 'an end in the middle of the JSON, at byte 22 in line 2'],
    ['is cut off after its users', '{"Users":["ann"]', 'an end in the middle of the JSON, at byte 17 in line 1'],
    ['has numbers', '["ann",\n7]', 'something that is no object and no string, at byte 9 in line 2'],
    ['has text after its end', '["ann"]\nbob', 'something that is no object and no string, at byte 9 in line 2'],
    ['has arrays for users', '[["ann"]]', 'something that is no object and no string, at byte 2 in line 1'],
    ['has a bracket too many', '["ann"]]', 'something that is no object and no string, at byte 8 in line 1'],
    [
      'has an element that is not JSON',
      '["ann",\n {"username":"b}\n ob"}]',
      'an element that is not JSON, at byte 10 in line 2',
    ],
    [
      'has a quote too many',
      '["ann",{"username":"b"ob"},"cid"]',
      'an end in the middle of the JSON, at byte 34 in line 1',
    ],
  ])('is refused with the place when it %s', async (_, content, found) => {
    expect(await refusal(content)).toBe(found);
  });
});

describe('the encoding of a list', () => {
  const names = ['müller', '上海', 'Ċăt', '\u0a15\u0a3e', '😀ann', 'İstanbul'];

  test.each(['UTF-8', 'UTF-8 BOM', 'UTF-16LE', 'UTF-16BE'] as const)('can be %s', async (encoding) => {
    for (const content of [
      ['other;username', ...names.map((name) => `"x;\n上";${name}`)].join('\r\n'),
      names.map((name) => JSON.stringify({ username: name })).join('\n'),
      JSON.stringify({ Users: names.map((Username) => ({ Username })) }, undefined, 2),
    ]) {
      const bytes = encode(content, encoding);
      const { records, encoding: found } = await readList(bytes);

      expect(records.map(({ user }) => user?.username)).toEqual(names);
      expect(found).toBe(encoding === 'UTF-8 BOM' ? 'UTF-8' : encoding);
      for (const options of [{ chunkBytes: 2 }, { handOver: true }, { chunkBytes: 10, handOver: true }]) {
        expect((await readList(bytes, options)).records).toEqual(records);
      }
    }
  });

  test.each<[string, Buffer, string]>([
    [
      'a code page in CSV',
      Buffer.from('username\nann\nm\xfcller\n', 'latin1'),
      'bytes that are not UTF-8, at byte 15 in line 3',
    ],
    [
      'a code page in a column that is not used',
      Buffer.from('username,n\nann,m\xfcller\n', 'latin1'),
      'bytes that are not UTF-8, at byte 17 in line 2',
    ],
    [
      'a code page in a cell with line breaks',
      Buffer.from('n,username\r\n"a\r\n\xfc",ann\r\n', 'latin1'),
      'bytes that are not UTF-8, at byte 17 in line 3',
    ],
    [
      'a code page in JSON lines',
      Buffer.from('{}\n"m\xfcller"\n', 'latin1'),
      'bytes that are not UTF-8, at byte 6 in line 2',
    ],
    [
      'a code page in JSON',
      Buffer.from('[\n"ann",\n"m\xfcller"\n]', 'latin1'),
      'bytes that are not UTF-8, at byte 12 in line 3',
    ],
    [
      'half a character',
      Buffer.concat([Buffer.from('username\nx'), Buffer.from('ü').subarray(0, 1)]),
      'bytes that are not UTF-8, at byte 11 in line 2',
    ],
    [
      'half a surrogate pair',
      encode('username\nx\ud83d\n', 'UTF-16LE'),
      'bytes that are not UTF-16LE, at byte 23 in line 2',
    ],
    [
      'half a code unit',
      encode('username\nxy', 'UTF-16BE').subarray(0, -1),
      'bytes that are not UTF-16BE, at byte 23 in line 2',
    ],
  ])('must be the same throughout, or the list is refused with the place: %s', async (_, content, found) => {
    expect(await refusal(content)).toBe(found);
  });
});

describe.each<[string, (name: string) => string]>([
  ['CSV', (name) => `other,username\n1,"${name.replaceAll('"', '""')}"`],
  ['JSONL', (name) => `${JSON.stringify({ username: name })}\n`],
  ['JSON', (name) => JSON.stringify([{ username: name }], undefined, 2)],
])('a user in a %s list', (_, write) => {
  test.each([
    ['one character', 'a'],
    ['128 letters', 'x'.repeat(128)],
    ['128 characters, which are 256 of JavaScript', '😀'.repeat(128)],
    ['a letter and a mark', 'e\u0301'],
    ['letters of many scripts', '株式会社Λεωνίδαςשלום'],
    ['numbers', '²½Ⅳ٣'],
    ['symbols', '€+<>^`|~'],
    ['punctuation', '!"#%&\'()*,-./:;?@[\\]_{}'],
  ])('can have a name with %s', async (_what, name) => {
    expect((await namesIn(write(name)))[0]?.[1]).toBe(name);
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
  ])('cannot have a name with %s', async (_what, name) => {
    expect(await namesIn(write(name))).toEqual([[expect.any(Number), undefined]]);
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
const otherColumn = cell.filter((name) => !/^\s*(?:cognito:)?(?:username|sub)\s*$/i.test(name));

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
function csvRecord(cells: readonly string[], quoteAll: boolean): string {
  return cells.map((text) => (quoteAll || /[",\\]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',');
}

test('a user name is read from a CSV record, whatever the other columns contain', async () => {
  const list = fc.record({
    field: fc.constantFrom('username', 'sub'),
    before: fc.array(fc.tuple(otherColumn, cell), { maxLength: 3 }),
    after: fc.array(fc.tuple(otherColumn, cell), { maxLength: 3 }),
    name: userName,
    quoteAll: fc.boolean(),
    mark: fc.constantFrom('', '\ufeff'),
  });
  await fc.assert(
    fc.asyncProperty(list, async ({ field, before, after, name, quoteAll, mark }) => {
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
      expect(await namesIn(`${mark}${header}\n${record}`)).toEqual([[2, name]]);
    }),
    RUNS,
  );
});

test('a user name is read from JSON, whatever the other fields contain', async () => {
  const others = fc.dictionary(
    fc.string().filter((field) => !['username', 'sub'].includes(field.toLowerCase())),
    fc.jsonValue(),
  );
  const toAscii = (text: string) =>
    text.replace(/[^ -~\n]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const list = fc.record({
    field: fc.constantFrom('username', 'sub'),
    others,
    name: userName,
    asciiOnly: fc.boolean(),
    chunkBytes: fc.integer({ min: 1, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(list, async ({ field, others, name, asciiOnly, chunkBytes }) => {
      const users = [{ username: 'first' }, name, { ...others, [field]: name }, { [field]: name, ...others }];
      for (const content of [
        users.map((user) => JSON.stringify(user)).join('\n'),
        JSON.stringify(users, undefined, 1),
        JSON.stringify({ Users: users }),
      ]) {
        const { records } = await readList(asciiOnly ? toAscii(content) : content, { chunkBytes });

        expect(records.map(({ user }) => user?.username)).toEqual(['first', name, name, name]);
      }
    }),
    RUNS,
  );
});

test('any text is read without an exception, and only a valid user name is accepted', async () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', ',', ';', '\r', '\n', ' ', '\ufeff', 'a', '[', ']', '{', '}', ':', '\\') }),
    fc.json(),
    fc.json().map((text) => text.slice(1)),
  );
  const beginning = fc.constantFrom('', 'username\n', 'a;username\n', '{"username":"first"}\n', '[', '{"Users":[');
  await fc.assert(
    fc.asyncProperty(beginning, fc.array(line, { maxLength: 4 }), async (first, lines) => {
      const content = `${first}${lines.join('\n')}`;
      const whole = await readList(content).catch((error) => error);
      const inParts = await readList(content, { chunkBytes: 3, handOver: true }).catch((error) => error);

      if (whole instanceof Error) {
        expect(whole).toBeInstanceOf(UnreadableListError);
        expect(inParts).toEqual(whole);
      } else {
        expect(inParts.records).toEqual(whole.records);
        for (const { user } of whole.records) {
          if (user !== undefined) expect(user.username).toMatch(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u);
        }
      }
    }),
    RUNS,
  );
});
