import { createHash } from 'node:crypto';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import { MessageCatalog, ResetMessages } from '../../../lib';
import type { CampaignInput, CampaignResult } from '../../../lib/contract/campaign';
import { DeployedCampaign } from '../../support/deployed-campaign';
import { encode } from '../../support/lists';
import { cases } from '../../support/soak';

/** The highest pace, so that the tests take no longer than necessary. */
const FAST = { maxResetsPerSecond: 30, useWholeQuota: true };

describe('a campaign over a whole user pool', () => {
  let campaign: DeployedCampaign;
  let first: CampaignResult;
  const subs: Record<string, string> = {};
  beforeAll(async () => {
    campaign = await DeployedCampaign.start({ bulk: FAST, reset: withMessages });
    const [one = '', two = '', three = ''] = await campaign.addUsers(3);
    Object.assign(subs, { one, two, three });
    subs.disabled = await campaign.addUser('disabled', {
      enabled: false,
      attributes: {
        email: 'disabled@example.com',
        email_verified: 'true',
        phone_number: '+12065550100',
        phone_number_verified: 'true',
      },
    });
    subs.invited = await campaign.addUser('invited', { status: 'FORCE_CHANGE_PASSWORD' });
    subs.external = await campaign.addUser('external', { status: 'EXTERNAL_PROVIDER' });
    subs.waiting = await campaign.addUser('waiting', { status: 'RESET_REQUIRED' });
    subs.unverified = await campaign.addUser('unverified', {
      attributes: { email: 'unverified@example.com', email_verified: 'false' },
    });
    first = await campaign.run({ clientMetadata: { template: 'breach', case: 'Case-4711' } });
  });
  afterAll(() => campaign.stop());

  // Cognito refuses ListUsers with AttributesToGet for such a user pool: aws/aws-sdk-js 3091 and 2570.
  test('lists a user pool in which one user has a phone number and the others have none', () => {
    expect(first.lines).toBe(Object.keys(subs).length);
  });

  test('resets every user who can be reset, and reports why each other user was skipped', async () => {
    const report = await campaign.report(first);
    const said = Object.fromEntries(report.map(({ sub = '', outcome, reason }) => [sub, [outcome, reason]]));

    expect(said).toEqual({
      [subs.one ?? '']: ['RESET', undefined],
      [subs.two ?? '']: ['RESET', undefined],
      [subs.three ?? '']: ['RESET', undefined],
      [subs.disabled ?? '']: ['SKIPPED', 'DISABLED'],
      [subs.invited ?? '']: ['SKIPPED', 'FORCE_CHANGE_PASSWORD'],
      [subs.external ?? '']: ['SKIPPED', 'EXTERNAL_PROVIDER'],
      [subs.waiting ?? '']: ['SKIPPED', 'ALREADY_RESET_REQUIRED'],
      [subs.unverified ?? '']: ['SKIPPED', 'NO_VERIFIED_CONTACT'],
    });
    expect(report).toHaveLength(8);
    expect(first).toMatchObject({
      campaignId: 'breach',
      dryRun: false,
      complete: true,
      lines: 8,
      totals: { RESET: 3, SKIPPED: 5 },
      reasons: {
        'SKIPPED DISABLED': 1,
        'SKIPPED FORCE_CHANGE_PASSWORD': 1,
        'SKIPPED EXTERNAL_PROVIDER': 1,
        'SKIPPED ALREADY_RESET_REQUIRED': 1,
        'SKIPPED NO_VERIFIED_CONTACT': 1,
      },
      confirmed: { checked: 3, notConfirmed: 0 },
      warnings: [],
      report: { bucket: campaign.bucket, prefix: `reports/breach/${first.run}/` },
    });
  });

  test('sends each reset user the message of the template once', () => {
    const sent = campaign.sandbox.messages.map(({ destination, body, origin }) => ({ destination, body, origin }));

    expect(sent.map(({ destination }) => destination).sort()).toEqual([
      'user-1@example.com',
      'user-2@example.com',
      'user-3@example.com',
    ]);
    for (const { body, origin } of sent) {
      expect(origin).toBe('TRIGGER');
      expect(body).toMatch(/<p>Your code: \d{6}, Case-4711<\/p>/);
    }
  });

  test('sends nothing in a second run, and sends to new users in a third run', async () => {
    // WHEN
    const second = await campaign.run({ clientMetadata: { template: 'breach', case: 'Case-4711' } });

    // THEN
    expect(second.totals).toEqual({ ALREADY_RESET: 3, SKIPPED: 5 });
    expect(second).toMatchObject({ complete: true, nothingToDo: true });
    expect(first.nothingToDo).toBe(false);
    expect(campaign.resets).toBe(3);

    // WHEN
    await campaign.addUsers(100, 'late');
    const third = await campaign.run({
      clientMetadata: { template: 'breach', case: 'Case-4711' },
      // Only the new users count.
      confirm: { userPoolId: campaign.userPoolId, expectedUsers: 100 },
    });

    // THEN
    expect(third.totals).toEqual({ RESET: 100, ALREADY_RESET: 3, SKIPPED: 5 });
    expect(campaign.sandbox.messages).toHaveLength(103);
    expect(new Set(campaign.sandbox.messages.map(({ destination }) => destination)).size).toBe(103);
  });
});

describe('a campaign over a list', () => {
  let campaign: DeployedCampaign;
  beforeAll(async () => {
    campaign = await DeployedCampaign.start({ bulk: FAST });
  });
  afterAll(() => campaign.stop());

  test('sends one message to a user who is named by user name, sub and email address', async () => {
    // GIVEN
    const sub = await campaign.addUser('three-ways');
    const other = await campaign.addUser('another');
    await campaign.put(
      'input/three-ways.csv',
      `username,note\nthree-ways,by name\n${sub},by sub\nthree-ways@example.com,by email\nanother,\n`,
    );

    // WHEN
    const result = await campaign.run({
      campaignId: 'three-ways',
      list: 'input/three-ways.csv',
      // Users count, not lines.
      confirm: { userPoolId: campaign.userPoolId, expectedUsers: 2 },
    });

    // THEN
    const addresses = campaign.sandbox.messages.map(({ destination }) => destination);
    expect(addresses.filter((address) => address === 'three-ways@example.com')).toHaveLength(1);
    expect(result.totals).toEqual({ RESET: 2, SKIPPED: 2 });
    const report = await campaign.report(result);
    expect(report.filter(({ outcome }) => outcome === 'RESET').map((line) => line.sub)).toEqual(
      expect.arrayContaining([sub, other]),
    );
    expect(report.filter(({ outcome }) => outcome === 'SKIPPED').map(({ reason }) => reason)).toEqual([
      'DUPLICATE',
      'DUPLICATE',
    ]);
    expect(result.complete).toBe(true);
  });

  test('reports malformed lines and unknown users by line number, and resets the others', async () => {
    // GIVEN
    const good = await campaign.addUser('good');
    const last = await campaign.addUser('last');
    await campaign.put(
      'input/broken.jsonl',
      ['{"username":"good"}', '{"username":', '', '{"user":"good"}', '"nobody"', '"a name with spaces"', '"last"'].join(
        '\r\n',
      ),
    );

    // WHEN
    const result = await campaign.run({
      campaignId: 'broken',
      list: 'input/broken.jsonl',
      confirm: campaign.confirm({ malformedLines: 3 }),
    });

    // THEN
    expect(await campaign.report(result)).toEqual([
      { sub: good, outcome: 'RESET', confirmed: true },
      { line: 2, outcome: 'SKIPPED', reason: 'MALFORMED' },
      { line: 4, outcome: 'SKIPPED', reason: 'MALFORMED' },
      { line: 5, outcome: 'SKIPPED', reason: 'USER_NOT_FOUND' },
      { line: 6, outcome: 'SKIPPED', reason: 'MALFORMED' },
      { sub: last, outcome: 'RESET', confirmed: true },
    ]);
  });

  test('resets no user whose name is a part of another cell of a CSV list', async () => {
    // GIVEN
    const [jim = '', jane = ''] = [await campaign.addUser('jim'), await campaign.addUser('Jane')];
    await campaign.addUser('jill');
    await campaign.put('input/commas.csv', 'name,username\nDoe\\, Jane,jim\nDoe, Jane,jill\n');

    // WHEN
    const result = await campaign.run({
      campaignId: 'commas',
      list: 'input/commas.csv',
      confirm: campaign.confirm({ malformedLines: 1 }),
    });

    // THEN
    const report = await campaign.report(result);
    expect(report).toEqual([
      { sub: jim, outcome: 'RESET', confirmed: true },
      { line: 3, outcome: 'SKIPPED', reason: 'MALFORMED' },
    ]);
    expect(report.map(({ sub }) => sub)).not.toContain(jane);
  });

  test('resets no user whose email address is not the one in the line', async () => {
    // GIVEN lines with a bare comma and a cell that was left out, so that the number of cells is right
    const joe = await campaign.addUser('joe');
    await campaign.addUser('Joan');
    await campaign.put(
      'input/emails.csv',
      ['name,username,email', 'Joe,joe,JOE@example.com', 'Doe, Joan,joe@example.com', 'Joan,Joan,joe@example.com'].join(
        '\n',
      ),
    );

    // WHEN
    const result = await campaign.run({
      campaignId: 'emails',
      list: 'input/emails.csv',
      confirm: campaign.confirm({ malformedLines: 2 }),
    });

    // THEN
    expect(await campaign.report(result)).toEqual([
      { sub: joe, outcome: 'RESET', confirmed: true },
      { line: 3, outcome: 'SKIPPED', reason: 'MISMATCH' },
      { line: 4, outcome: 'SKIPPED', reason: 'MISMATCH' },
    ]);
  });

  test('skips a user name that Cognito refuses, and continues', async () => {
    // Either of them meets the fault: they are looked up at the same time.
    for (const name of ['liked', 'disliked']) await campaign.addUser(name);
    await campaign.put('input/disliked.json', '["liked","disliked"]');
    const dislike = { status: 400, name: 'InvalidParameterException' };
    campaign.sandbox.faults.add({ operation: 'AdminGetUser', times: 1, instead: dislike });
    const result = await campaign.run({
      campaignId: 'disliked',
      list: 'input/disliked.json',
      confirm: campaign.confirm({ malformedLines: 1 }),
      dryRun: true,
    });

    expect(result.reasons).toMatchObject({ 'SKIPPED MALFORMED': 1 });
    expect(result.lines).toBe(2);
  });

  test('reads a list again that changed before a redrive', async () => {
    // GIVEN users who were looked up and a listing that could not be written
    const names = ['list-1', 'list-2', 'list-3'];
    for (const name of names) await campaign.addUser(name);
    await campaign.put('input/changing.csv', ['username', ...names.slice(1)].join('\n'));
    const forbidden = { service: 's3', operation: 'PutObject', instead: { status: 403, name: 'AccessDenied' } };
    const broken = campaign.sandbox.faults.add({ ...forbidden, times: Number.POSITIVE_INFINITY });
    const execution = campaign.begin({ campaignId: 'changing', list: 'input/changing.csv' }, { maxWait: 1 });
    expect(await execution.result).toMatchObject({ status: 'FAILED', error: 'CampaignStepFailedError' });
    broken();

    // WHEN
    await campaign.put('input/changing.csv', ['username', ...names].join('\n'));
    const { output } = await execution.redrive().result;

    // THEN
    expect((output as CampaignResult).totals).toEqual({ RESET: 3 });
  });

  const USELESS_LISTS = [
    ['is empty', '', 'list: got no line, expected a first line with the names of the columns'],
    ['has no user in its JSON', '{"Users":[]}', 'list: got 0 lines, none of which names a user of the user pool'],
    ['has a header and no lines', 'username\n', 'list: got 0 lines, none of which names a user of the user pool'],
    ['has malformed lines only', 'username\na b\nc,d\n', 'list: got 2 lines, none of which names a user'],
    ['names users of another user pool', 'username\nstranger\n', 'list: got 1 lines, none of which names a user'],
  ] as const;

  test.each(USELESS_LISTS.slice(0, cases(2, USELESS_LISTS.length)))(
    'is refused, also as a dry run, when the list %s',
    async (_, content, problem) => {
      const before = campaign.resets;
      await campaign.put('input/useless.csv', content);
      for (const dryRun of [false, true]) {
        const { status, error, cause } = await campaign.begin({
          campaignId: 'useless',
          list: 'input/useless.csv',
          dryRun,
        }).result;

        expect([status, error]).toEqual(['FAILED', 'CampaignRefusedError']);
        expect(cause).toContain(problem);
      }
      expect(campaign.resets).toBe(before);
    },
  );

  test('succeeds with zero resets when every user of the list is skipped', async () => {
    await campaign.addUser('asleep', { enabled: false });
    await campaign.put('input/skipped.csv', 'username\nasleep\n');

    expect(await campaign.run({ campaignId: 'skipped', list: 'input/skipped.csv' })).toMatchObject({
      lines: 1,
      totals: { SKIPPED: 1 },
      complete: true,
      nothingToDo: true,
    });
  });

  test.each([
    ['input/missing.csv', undefined, 'list: got a key that is not in the bucket or cannot be read'],
    [
      'input/headless.csv',
      'name\nsomebody\n',
      'list: got a first line with one column, which is not called username or sub',
    ],
  ])('is refused because of its list: %s', async (list, content, problem) => {
    if (content !== undefined) await campaign.put(list, content);
    const { status, error, cause } = await campaign.begin({ campaignId: 'refused', list }).result;

    expect([status, error]).toEqual(['FAILED', 'CampaignRefusedError']);
    expect(cause).toContain(problem);
  });
});

describe('a campaign over a list of an unexpected format', () => {
  let campaign: DeployedCampaign;
  let ann: string;
  let zoe: string;
  beforeAll(async () => {
    campaign = await DeployedCampaign.start({ bulk: FAST });
    ann = await campaign.addUser('ann');
    zoe = await campaign.addUser('Zoë');
    // These names are parts of other cells.
    for (const name of ['Jane', 'Doe']) await campaign.addUser(name);
  });
  afterAll(() => campaign.stop());

  const users = [
    { Username: 'ann', Attributes: [{ Name: 'email', Value: 'ann@example.com' }], Enabled: true },
    { Username: 'Zoë', Attributes: [{ Name: 'email', Value: 'Zoë@example.com' }], Enabled: true },
  ];
  const csv = (separator: string) =>
    [
      ['cognito:username', 'name', 'email'],
      ['ann', '"Doe, Jane"', 'ann@example.com'],
      ['Zoë', '"Doe; Jane"', ''],
    ]
      .map((cells) => `${cells.join(separator)}\r\n`)
      .join('');

  const FORMATS: readonly (readonly [string, string, Buffer, object])[] = [
    [
      'the header of GetCSVHeader',
      'input/users.csv',
      encode(csv(','), 'UTF-8'),
      { format: 'CSV', separator: ',', column: 'cognito:username', encoding: 'UTF-8' },
    ],
    [
      'semicolons',
      'input/users.csv',
      encode(csv(';'), 'UTF-8 BOM'),
      { format: 'CSV', separator: ';', column: 'cognito:username', encoding: 'UTF-8' },
    ],
    ['sep=', 'input/users (1).csv', encode(`sep=;\r\n${csv(';')}`, 'UTF-8'), { format: 'CSV', separator: ';' }],
    [
      'Unicode text',
      'input/Unicode text.txt',
      encode(csv('\t'), 'UTF-16LE'),
      { format: 'CSV', separator: '\t', encoding: 'UTF-16LE' },
    ],
    [
      'JSON lines',
      'input/users',
      encode(users.map((user) => `${JSON.stringify(user)}\n`).join(''), 'UTF-8'),
      { format: 'JSONL', encoding: 'UTF-8' },
    ],
    [
      'the AWS CLI',
      'input/users.json',
      encode(JSON.stringify({ Users: users }, undefined, 4), 'UTF-8'),
      { format: 'JSON', encoding: 'UTF-8' },
    ],
    [
      'PowerShell',
      'input/users.csv',
      encode(JSON.stringify({ Users: users }, undefined, 4), 'UTF-16BE'),
      { format: 'JSON', encoding: 'UTF-16BE' },
    ],
  ];

  test.each(FORMATS.slice(0, cases(2, FORMATS.length)))(
    'reads what it is told by the content: %s',
    async (what, list, content, expected) => {
      await campaign.put(list, content);
      const result = await campaign.run({ campaignId: what.replaceAll(/\W/g, '-'), list, dryRun: true });

      expect(await campaign.report(result)).toEqual([
        { sub: ann, outcome: 'WOULD_RESET' },
        { sub: zoe, outcome: 'WOULD_RESET' },
      ]);
      expect(result.list).toEqual({
        ...result.list,
        ...expected,
        sha256: createHash('sha256').update(content).digest('hex'),
        skippedLines: {},
      });
    },
  );

  test('finds users who are named twice on one line of JSON', async () => {
    const content = JSON.stringify(['ann', 'ann@example.com', 'Zoë', 'ann']);
    await campaign.put('input/twice.json', content);
    const result = await campaign.run({ campaignId: 'twice', list: 'input/twice.json', dryRun: true });

    expect(await campaign.report(result)).toEqual([
      { sub: ann, outcome: 'WOULD_RESET' },
      { line: 2, outcome: 'SKIPPED', reason: 'DUPLICATE' },
      { sub: zoe, outcome: 'WOULD_RESET' },
      { line: 4, outcome: 'SKIPPED', reason: 'DUPLICATE' },
    ]);
    expect(result.list?.skippedLines).toEqual({ DUPLICATE: { count: 2, first: [2, 4] } });
  });

  test('refuses unclear lines, or as many as were confirmed, and says which they are', async () => {
    // GIVEN
    const bad = Array.from({ length: 12 }, (_, index) => `Doe, Jane,user-${index},`);
    const content = [
      'name,username,email',
      ',ann,',
      'x,ann',
      'x,Zoë,ann@example.com',
      ...bad,
      'x,nobody,',
      ',Zoë,',
    ].join('\n');
    await campaign.put('input/unclear.csv', content);
    const input = { campaignId: 'unclear', list: 'input/unclear.csv', dryRun: true };
    const sha256 = createHash('sha256').update(content).digest('hex');

    // WHEN
    const { status, cause = '{}' } = await campaign.begin({
      ...input,
      confirm: campaign.confirm({ malformedLines: 13 }),
    }).result;
    const result = await campaign.run({ ...input, confirm: campaign.confirm({ malformedLines: 14 }) });

    // THEN
    expect(status).toBe('FAILED');
    expect(JSON.parse(cause).errorMessage).toBe(
      'this run sent no message, because of these problems: (1) confirm.malformedLines: got 13, but 14 lines do not say clearly who is meant (13 MALFORMED: 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, …; 1 MISMATCH: 4): correct them, or confirm their number to reset the other users' +
        `. Note: the list was read as CSV in UTF-8, separated by \`,\`, with the users in the column username; its SHA-256 is ${sha256}` +
        '; of 17 lines, 2 name a user of the user pool and 13 MALFORMED: 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, …; 1 MISMATCH: 4; 1 USER_NOT_FOUND: 17',
    );
    expect(result.totals).toEqual({ WOULD_RESET: 2, SKIPPED: 15 });
    expect(result.list).toEqual({
      sha256,
      format: 'CSV',
      encoding: 'UTF-8',
      separator: ',',
      column: 'username',
      skippedLines: {
        MALFORMED: { count: 13, first: [3, 5, 6, 7, 8, 9, 10, 11, 12, 13] },
        MISMATCH: { count: 1, first: [4] },
        USER_NOT_FOUND: { count: 1, first: [17] },
      },
    });
  });

  test('refuses a list in a code page, with the place and how it was read', async () => {
    await campaign.put('input/ansi.csv', Buffer.from('username;name\nann;x\nm\xfcller;x\n', 'latin1'));
    const { status, cause = '{}' } = await campaign.begin({ campaignId: 'ansi', list: 'input/ansi.csv' }).result;

    expect(status).toBe('FAILED');
    expect(JSON.parse(cause).errorMessage).toMatch(
      /\(1\) list: got bytes that are not UTF-8, at byte 22 in line 3, expected one encoding throughout \(a Windows code page\? save the list as CSV UTF-8\)\. Note: the list was read as CSV in UTF-8, separated by `;`, with the users in the column username; its SHA-256 is [0-9a-f]{64}$/,
    );
  });
});

describe('the digest of a list', () => {
  let campaign: DeployedCampaign;
  beforeAll(async () => {
    campaign = await DeployedCampaign.start({ bulk: { ...FAST, requireListDigest: true } });
    await campaign.addUsers(3);
  });
  afterAll(() => campaign.stop());

  const reasonOf = async (input: Partial<CampaignInput>) => {
    const { status, error, cause = '{}' } = await campaign.begin(input).result;
    expect([status, error]).toEqual(['FAILED', 'CampaignRefusedError']);
    return JSON.parse(cause).errorMessage;
  };

  test('binds a run to the list of the dry run', async () => {
    // GIVEN one person's dry run, which needs no digest
    const list = 'input/reviewed.csv';
    const reviewed = 'username\nuser-1\n';
    await campaign.put(list, reviewed);
    const input = { campaignId: 'reviewed', list };
    const { list: read } = await campaign.run({ ...input, dryRun: true });
    const listDigest = read?.sha256;
    expect(listDigest).toBe(createHash('sha256').update(reviewed).digest('hex'));
    expect(await reasonOf(input)).toMatch(
      /\(1\) confirm\.listDigest: got none, expected the SHA-256 of the list, because/,
    );

    // WHEN the list is exchanged before another person starts the run
    const confirm = campaign.confirm({ listDigest: listDigest?.toUpperCase() });
    await campaign.put(list, 'username\nuser-2\n');
    const exchanged = await reasonOf({ ...input, confirm });
    const lookUps = campaign.sandbox.countCalls('AdminGetUser');
    await campaign.put(list, reviewed);
    const result = await campaign.run({ ...input, confirm });

    // THEN
    expect(exchanged).toMatch(/\(1\) confirm\.listDigest: got the digest of another list, expected that of this one/);
    expect(lookUps).toBe(1);
    expect(result).toMatchObject({ totals: { RESET: 1 }, list: { sha256: listDigest } });
    expect(campaign.sandbox.messages.map(({ destination }) => destination)).toEqual(['user-1@example.com']);

    // The digest is a part of what the campaign id stands for.
    await campaign.put(list, 'username\nuser-1\nuser-3\n');
    const other = createHash('sha256').update('username\nuser-1\nuser-3\n').digest('hex');
    expect(await reasonOf({ ...input, confirm: campaign.confirm({ listDigest: other }) })).toMatch(
      /\(1\) campaignId: got an id that was used with another list, listDigest, clientMetadata or audience/,
    );
  });

  test('is not needed for the whole user pool', async () => {
    expect(await campaign.run({ campaignId: 'whole', dryRun: true })).toMatchObject({ lines: 3 });
    expect(await campaign.run({ campaignId: 'whole' })).toMatchObject({ lines: 3 });
  });
});

describe('a dry run', () => {
  let campaign: DeployedCampaign;
  beforeAll(async () => {
    campaign = await DeployedCampaign.start({ bulk: FAST });
    await campaign.addUsers(3);
    await campaign.addUser('disabled', { enabled: false });
  });
  afterAll(() => campaign.stop());

  test.each([
    ['dryRun is true', { dryRun: true }, 'Campaign'],
    ['dryRun is false and the state machine is that of dry runs', { dryRun: false }, 'DryRun'],
  ])('reports what would be done, and resets and claims no user, when %s', async (_, input, machine) => {
    // WHEN
    const { status, output } = await campaign.begin({ campaignId: 'dry', ...input }, {}, machine).result;

    // THEN
    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({
      dryRun: true,
      complete: false,
      lines: 4,
      totals: { WOULD_RESET: 3, SKIPPED: 1 },
    });
    expect(campaign.resets).toBe(0);
    expect(campaign.sandbox.countCalls('UpdateItem')).toBe(0);
  });

  test('does not change objects of a campaign whose execution has the same name', async () => {
    // GIVEN a dry run of all users
    const only = await campaign.addUser('only');
    await campaign.put('input/only.csv', 'username\nonly\n');
    let dry: CampaignResult | undefined;
    const name = 'monday';
    await campaign.begin({ campaignId: 'named' }, { name }, 'DryRun').result.then(({ output }) => {
      dry = output as CampaignResult;
    });

    // WHEN
    const result = await campaign.run({ campaignId: 'named', list: 'input/only.csv' }, { name });

    // THEN
    expect(dry?.totals).toEqual({ WOULD_RESET: 4, SKIPPED: 1 });
    expect(await campaign.report(result)).toEqual([{ sub: only, outcome: 'RESET', confirmed: true }]);
    expect(await campaign.report(dry as CampaignResult)).toHaveLength(5);
  });

  test('aborts an upload that S3 refuses, and completes the next one', async () => {
    const refused = { status: 400, name: 'InvalidPart' };
    campaign.sandbox.faults.add({ operation: 'CompleteMultipartUpload', times: 1, instead: refused });

    const { status, error } = await campaign.begin({ campaignId: 'upload' }, { maxWait: 10 }, 'DryRun').result;

    expect([status, error]).toEqual(['SUCCEEDED', undefined]);
    expect(campaign.sandbox.countCalls('AbortMultipartUpload')).toBe(1);
  });

  test('does not register its campaign id', async () => {
    const result = await campaign.run({ campaignId: 'dry', clientMetadata: { other: 'metadata' } });

    expect(result.totals).toEqual({ RESET: 3, SKIPPED: 2 });
  });

  test('reports what is left to do for a campaign that has run', async () => {
    await campaign.addUser('late');
    const { output } = await campaign.begin({ campaignId: 'dry', clientMetadata: { other: 'metadata' }, dryRun: true })
      .result;

    expect(output).toMatchObject({ totals: { ALREADY_RESET: 3, WOULD_RESET: 1, SKIPPED: 2 } });
  });
});

describe('a campaign with globalSignOut', () => {
  test('makes up for a failed sign-out in the next run, without another message', async () => {
    // GIVEN
    const campaign = await DeployedCampaign.start({
      reset: () => ({ globalSignOut: true }),
      bulk: { maxResetsPerSecond: 20 },
    });
    await campaign.addUsers(2);
    const refuse = { operation: 'AdminUserGlobalSignOut', instead: { status: 400, name: 'NotAuthorizedException' } };
    campaign.sandbox.faults.add({ ...refuse, times: 1 });

    // WHEN
    const first = await campaign.run();
    // No user is to be sent a message.
    const second = await campaign.run({ confirm: { userPoolId: campaign.userPoolId, expectedUsers: 1 } });
    const signOuts = campaign.sandbox.countCalls('AdminUserGlobalSignOut');
    const [part = ''] = await campaign.keys(`listings/breach/${second.run}/parts/`);
    const listing = (await campaign.read(part))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const third = await campaign.run();
    await campaign.stop();

    // THEN
    expect(first).toMatchObject({ complete: false, totals: { RESET: 2 }, reasons: { 'RESET SIGN_OUT_FAILED': 1 } });
    expect(second).toMatchObject({ complete: true, totals: { ALREADY_RESET: 2 }, reasons: {} });
    expect(signOuts).toBe(3);
    // Without the ledger's record, the worker would claim a user who was RESET_REQUIRED when listed.
    expect(listing.map(({ skip, wasResetRequired }) => skip ?? wasResetRequired).sort()).toEqual(['IN_LEDGER', true]);
    expect(third.complete).toBe(true);
    expect(campaign.sandbox.countCalls('AdminUserGlobalSignOut')).toBe(3);
    expect(campaign.resets).toBe(2);
  });
});

/** A catalog whose message shows that the ClientMetadata was verified. */
function withMessages(userPool: UserPool) {
  const html = '<p>Your code: {{code}}, {{metadata.case}}</p>';
  return {
    messages: new ResetMessages(userPool.stack, 'Messages', {
      userPool,
      catalog: MessageCatalog.fromInline({
        defaultLocale: 'en',
        metadata: { case: 20 },
        templates: { breach: { en: { emailSubject: 'Choose a new password', emailHtml: html } } },
      }),
    }),
  };
}
