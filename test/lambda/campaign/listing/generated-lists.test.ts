import fc from 'fast-check';
import { explainsLine } from '../../../../lambda/campaign/listing/explains-line';
import type { ListRecord } from '../../../../lambda/campaign/listing/list-record';
import { csvList, type GeneratedList, jsonList, POOL, type PoolMember } from '../../../support/generated-lists';
import { readList } from '../../../support/lists';
import { cases } from '../../../support/soak';

/** The user that Cognito finds by a name, in a user pool where letter case matters. */
function findUser(name: string): PoolMember | undefined {
  return POOL.find(({ username, sub, email }) => [username, sub].includes(name) || email === name.toLowerCase());
}

/** The user that a record resets, if it resets one. */
function userOf({ user }: ListRecord): PoolMember | undefined {
  const found = user && findUser(user.username);
  if (user === undefined || found === undefined) return undefined;
  const { username, ...values } = found;
  const attributes = Object.entries({ ...values, email_verified: 'true' }).map(([Name, Value]) => ({ Name, Value }));
  return explainsLine(username, attributes, user) ? found : undefined;
}

/** Reads a list and returns the record of each row. Nothing else must be in it, and nothing must be missing. */
async function readRows({ content, rows }: GeneratedList, options: { chunkBytes: number; handOver: boolean }) {
  const { records } = await readList(content, options);
  expect(records.map(({ number }) => number)).toEqual(rows.map(({ number }) => number));
  return rows.map((row, index) => ({ ...row, record: records[index] as ListRecord }));
}

const options = fc.record({
  chunkBytes: fc.integer({ min: 1, max: 50 }).map((half) => 2 * half),
  handOver: fc.boolean(),
});

/** The resets of users who were not meant. */
async function resetsOfOthers(list: GeneratedList, how: { chunkBytes: number; handOver: boolean }) {
  const rows = await readRows(list, how);
  const wrong = rows.filter(({ meant, record }) => ![undefined, meant].includes(userOf(record)));
  return wrong.map(({ isShifted, record }) => ({ isShifted, identifiers: record.user?.identifiers }));
}

/** The one kind of line that cannot be told from a right one. */
const EXCEPTION = { isShifted: true, identifiers: [] };

test('no generated list resets a user who was not meant, and every line is accounted for', async () => {
  const lists = fc.oneof({ weight: 4, arbitrary: csvList() }, { weight: 1, arbitrary: jsonList() });
  await fc.assert(
    fc.asyncProperty(lists, options, async (list, how) => {
      for (const { meant, isWellFormed, record } of await readRows(list, how)) {
        if (isWellFormed) expect(userOf(record)).toBe(meant);
      }
      for (const wrong of await resetsOfOthers(list, how)) expect(wrong).toEqual(EXCEPTION);
    }),
    { numRuns: cases(300, 100_000) },
  );
});

describe('two mistakes that make the number of cells right', () => {
  const byHand = (identifying: number) =>
    csvList({ styles: ['BY_HAND'], identifying: { minLength: identifying, maxLength: identifying } });

  test('reset another user if nothing else in the line says who is meant: the one exception', async () => {
    let exceptions = 0;
    await fc.assert(
      fc.asyncProperty(byHand(0), options, async (list, how) => {
        for (const wrong of await resetsOfOthers(list, how)) {
          expect(wrong).toEqual(EXCEPTION);
          exceptions += 1;
        }
      }),
      // The same lists in every run, of which some have such a line.
      { numRuns: cases(300, 10_000), seed: 14 },
    );
    expect(exceptions).toBeGreaterThan(0);
  });

  const [jane] = POOL as [PoolMember];
  test.each<[string, string, string | undefined]>([
    ['name,username,note', 'Doe, Jane,jane', 'Jane'],
    ['name,username,sub,note', `Doe, Jane,jane,${jane.sub}`, undefined],
    ['name,username,email,note', `Doe, Jane,jane,${jane.email}`, undefined],
    ['email,name,username,note', `${jane.email},Doe, Jane,jane`, undefined],
    ['name,username,email', 'Doe, Jane,jane', undefined],
  ])('reset nobody if a second column does: %s: %s', async (header, row, wrong) => {
    const { records } = await readList(`${header}\n${row}\n`);

    expect(records.map((record) => userOf(record)?.username)).toEqual([wrong]);
  });
});
