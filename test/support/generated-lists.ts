import fc from 'fast-check';
import type { IdentifyingAttribute } from '../../lambda/campaign/listing/named-user';
import { encode } from './lists';

/** A user of the user pool for which lists are generated. */
export interface PoolMember {
  readonly username: string;
  readonly sub: string;
  readonly email: string;
  readonly phone_number: string;
}

/** User names that contain each other's, and are what is left of other cells. Letter case matters. */
const USERNAMES = [
  'jane',
  'Jane',
  'doe',
  'Doe',
  'jane,doe',
  'Doe;jane',
  'doe|Jane',
  'janedoe',
  'jane\\',
  '\\jane',
  'CORP\\jane',
  '"jane"',
  'x',
  'Zoë',
  '上',
  '+12065550100x',
];

export const POOL: readonly PoolMember[] = USERNAMES.map((username, index) => ({
  username,
  sub: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  email: `${'abcdefghijklmnopqrstuvwxyz'[index]}@example.com`,
  phone_number: `+1206555${String(1000 + index)}`,
}));

/** What people write into columns that identify nobody: texts that contain user names. */
const TEXTS = [
  '',
  '',
  'Doe, Jane',
  'Doe; Jane',
  'jane',
  'x,jane',
  'Doe|doe',
  'a\tJane',
  'CORP\\',
  'say "hi"',
  '"Jane" Doe',
  "Jane's, Doe",
  'Doe,,Jane',
  '上,Zoë',
  'Ċ',
];

/** How a list was written, and whom its writer meant. */
export interface GeneratedList {
  readonly content: Buffer;
  readonly rows: readonly GeneratedRow[];
  /** What was done, to reproduce it by hand. */
  readonly description: string;
}

export interface GeneratedRow {
  /** The number of its line, or of its element in JSON. */
  readonly number: number;
  readonly meant: PoolMember;
  /** Whether a program wrote it, so that it must be read. */
  readonly isWellFormed: boolean;
  /** Whether there is a separator too many and one is lost, so that two mistakes can make the number of cells right. */
  readonly isShifted: boolean;
}

type Column = { readonly name: string; readonly attribute: IdentifyingAttribute | undefined };

const NAMING_COLUMNS: readonly Column[] = ['username', 'Username', 'cognito:username', ' username '].map((name) => ({
  name,
  attribute: 'username',
}));
const IDENTIFYING_COLUMNS: readonly Column[] = [
  { name: 'sub', attribute: 'sub' },
  { name: 'email', attribute: 'email' },
  { name: 'cognito:email', attribute: 'email' },
  { name: 'Email', attribute: 'email' },
  { name: 'phone_number', attribute: 'phone_number' },
];
const OTHER_COLUMNS: readonly Column[] = ['name', 'note', 'user', 'first name', 'custom:jane', ''].map((name) => ({
  name,
  attribute: undefined,
}));

/**
 * How cells are written: by a program that quotes what must be, or everything; by Cognito's rules; or by hand, without
 * quoting or escaping anything.
 */
const STYLES = ['QUOTED', 'ALL_QUOTED', 'COGNITO', 'BY_HAND'] as const;

const member = fc.constantFrom(...POOL);
const text = fc.constantFrom(...TEXTS);

interface CsvOptions {
  /** How many columns besides the user name say who is meant. */
  readonly identifying: { readonly minLength: number; readonly maxLength: number };
  readonly styles: readonly (typeof STYLES)[number][];
}

export function csvList({
  identifying = { minLength: 0, maxLength: 3 },
  styles = STYLES,
}: Partial<CsvOptions> = {}): fc.Arbitrary<GeneratedList> {
  return fc
    .record({
      naming: fc.constantFrom(...NAMING_COLUMNS),
      identifying: fc.uniqueArray(fc.constantFrom(...IDENTIFYING_COLUMNS), identifying),
      others: fc.uniqueArray(fc.constantFrom(...OTHER_COLUMNS), { maxLength: 4 }),
      order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      separator: fc.constantFrom(',', ',', ';', '\t', '|'),
      style: fc.constantFrom(...styles),
      tellSeparator: fc.boolean(),
      lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
      lastLineBreak: fc.boolean(),
      encoding: fc.constantFrom('UTF-8', 'UTF-8 BOM', 'UTF-16LE', 'UTF-16BE'),
      rows: fc.array(
        fc.record({
          meant: member,
          cells: fc.array(text, { minLength: 8, maxLength: 8 }),
          empty: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
          leftOut: fc.nat({ max: 3 }),
          added: fc.nat({ max: 1 }),
          blankBefore: fc.constantFrom(undefined, undefined, undefined, '', ' ', 'SEPARATORS'),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    })
    .map((list) => {
      const { style, lineBreak } = list;
      const columns = [list.naming, ...list.identifying, ...list.others]
        .map((column, index) => ({ column, position: list.order[index] ?? 0 }))
        .sort((one, other) => one.position - other.position)
        .map(({ column }) => column);
      // A list of one column is read with commas, because its header has no separator.
      const separator = columns.length === 1 ? ',' : list.separator;
      // Files of Cognito's user import have commas. They cannot have every name, because nothing quotes a quote.
      const canBeCognito = separator === ',' && list.rows.every(({ meant: { username } }) => !/"|\\$/.test(username));
      const effective = style === 'COGNITO' && !canBeCognito ? 'QUOTED' : style;
      const byHand = effective === 'BY_HAND';
      const lines: string[] = [
        ...(list.tellSeparator && columns.length > 1 ? [`sep=${separator}`] : []),
        columns.map(({ name }) => name).join(separator),
      ];
      const rows = list.rows.map(({ meant: anyone, cells, empty, leftOut, added, blankBefore }): GeneratedRow => {
        // Whoever writes quotes around a name by hand means the name within.
        const meant = byHand && anyone.username.startsWith('"') ? (POOL[0] as PoolMember) : anyone;
        if (blankBefore !== undefined) {
          lines.push(blankBefore === 'SEPARATORS' ? separator.repeat(columns.length - 1) : blankBefore);
        }
        const values = columns.map(({ attribute }, index) => {
          if (attribute === undefined) return cells[index] ?? '';
          return attribute !== 'username' && empty[index] ? '' : meant[attribute];
        });
        // People leave out cells at the end, or add some.
        const kept = byHand ? withoutLast(values, leftOut) : values;
        const written = kept.map((value) => writeCell(value, separator, effective));
        const line = `${written.join(separator)}${separator.repeat(byHand && leftOut === 0 ? added : 0)}`;
        lines.push(line);
        const isBare = byHand && kept.some((value) => value.includes(separator));
        const isCellLost = kept.length < values.length || (separator === ',' && line.includes('\\,'));
        return {
          number: lines.length,
          meant,
          isWellFormed: !byHand,
          isShifted: (isBare || line !== written.join(separator)) && isCellLost,
        };
      });
      const content = `${lines.join(lineBreak)}${list.lastLineBreak ? lineBreak : ''}`;
      return {
        content: encode(content, list.encoding),
        rows,
        description: JSON.stringify({ style: effective, encoding: list.encoding, content }),
      };
    });
}

/** Leaves out empty cells at the end, at most this many. */
function withoutLast(values: readonly string[], many: number): readonly string[] {
  const filled = values.findLastIndex((value) => value !== '') + 1;
  return values.slice(0, Math.max(filled, values.length - many, 1));
}

function writeCell(value: string, separator: string, style: (typeof STYLES)[number]): string {
  switch (style) {
    case 'BY_HAND':
      return value;
    case 'COGNITO':
      // These files cannot have a quote, or a backslash at the end of a cell.
      return value.replace(/\\$/, '/').replaceAll('"', "'").replaceAll(',', '\\,');
    case 'QUOTED':
      return /["\r\n]/.test(value) || value.includes(separator) || value.endsWith('\\')
        ? `"${value.replaceAll('"', '""')}"`
        : value;
    case 'ALL_QUOTED':
      return `"${value.replaceAll('"', '""')}"`;
  }
}

/** JSON as programs write it. */
export function jsonList(): fc.Arbitrary<GeneratedList> {
  return fc
    .record({
      users: fc.array(
        fc.record({
          meant: member,
          shape: fc.constantFrom('username', 'Username', 'LIST_USERS', 'STRING', 'REPORT'),
          note: fc.oneof(text, fc.jsonValue()),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      wrapper: fc.constantFrom('ARRAY', 'USERS', 'LINES', 'VALUES'),
      indentation: fc.constantFrom(0, 1, 4),
      lineBreak: fc.constantFrom('\n', '\r\n'),
      encoding: fc.constantFrom('UTF-8', 'UTF-8 BOM', 'UTF-16LE', 'UTF-16BE'),
    })
    .map(({ users, wrapper, indentation, lineBreak, encoding }) => {
      // A program that writes objects over several lines does not mix them with strings, and a string in the first line
      // would be the header of a column.
      const values = users.map(({ meant, shape, note }, index) =>
        jsonOf(meant, wrapper === 'VALUES' || (wrapper === 'LINES' && index === 0) ? 'username' : shape, note),
      );
      const text =
        wrapper === 'LINES' || wrapper === 'VALUES'
          ? values.map((value) => JSON.stringify(value, undefined, wrapper === 'LINES' ? 0 : indentation)).join('\n')
          : JSON.stringify(
              wrapper === 'ARRAY' ? values : { Note: users, Users: values, PaginationToken: 'x' },
              undefined,
              indentation,
            );
      const content = text.replaceAll('\n', lineBreak);
      return {
        content: encode(content, encoding),
        rows: users.map(({ meant }, index) => ({
          number: index + 1,
          meant,
          isWellFormed: true,
          isShifted: false,
        })),
        description: JSON.stringify({ wrapper, encoding, content }),
      };
    });
}

function jsonOf({ username, sub, email }: PoolMember, shape: string, note: unknown): unknown {
  switch (shape) {
    case 'STRING':
      return username;
    case 'REPORT':
      return { sub, outcome: 'NOT_SENT', reason: note };
    case 'LIST_USERS':
      return {
        Username: username,
        Attributes: [
          { Name: 'email', Value: email },
          { Name: 'sub', Value: sub },
        ],
        Note: note,
      };
    default:
      return { note, email, [shape]: username };
  }
}
