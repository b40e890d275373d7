import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { encode, readList } from '../../../support/lists';

const PAGE = readFileSync(resolve(__dirname, '..', '..', '..', '..', 'docs', 'bulk.md'), 'utf8');
const SECTION = /^## A list$([\s\S]*?)^## /m.exec(PAGE)?.[1] ?? '';

/** The examples, in their order, with what they must be read as. */
const EXPECTED = [
  { kind: 'CSV', separator: ';', column: 'username' },
  { kind: 'CSV', separator: ';', column: 'username' },
  { kind: 'CSV', separator: '\t', column: 'username' },
  { kind: 'CSV', separator: ',', column: 'Username' },
  { kind: 'CSV', separator: ',', column: 'cognito:username' },
  { kind: 'JSON' },
  { kind: 'JSON' },
  { kind: 'JSONL' },
];

const examples = [...SECTION.matchAll(/^```(csv|tsv|json|jsonl)\n([\s\S]*?)^```$/gm)].map(
  ([, , content = '']) => content,
);

test('docs/bulk.md has an example of each format', () => {
  expect(examples).toHaveLength(EXPECTED.length);
});

describe.each(EXPECTED.map((expected, index) => [index + 1, expected, examples[index] ?? ''] as const))(
  'example %d of docs/bulk.md',
  (_, expected, example) => {
    test.each(['UTF-8', 'UTF-8 BOM', 'UTF-16LE', 'UTF-16BE'] as const)('names jane and joe in %s', async (encoding) => {
      for (const lineBreak of ['\n', '\r\n']) {
        const { format, records } = await readList(encode(example.replaceAll('\n', lineBreak), encoding));
        const names = records.map(({ user }) => user?.username);

        expect(format).toMatchObject(expected);
        expect(names.slice(-2)).toEqual(['jane', 'joe']);
        // The line of a report has a sub.
        expect(names.slice(0, -2)).toEqual(expected.kind === 'JSONL' ? ['a1b2c3d4-0000-4000-8000-000000000000'] : []);
      }
    });
  },
);
