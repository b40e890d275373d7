import { type Experiment, NotSeenError, type Origin, type Stage, type Untested } from './experiment';

/**
 * Whether what was seen is what is assumed. NOT_SEEN: the account does not show it, or the command was not told to. FAILED:
 * the experiment ended with an error that says nothing about the assumption, such as a missing permission.
 */
export type Verdict = 'AGREES' | 'DIFFERS' | 'NOT_SEEN' | 'FAILED';

/** What became of one experiment. */
export interface Result {
  readonly assumption: string;
  readonly origin: Origin;
  readonly expected: string;
  readonly seen: string;
  readonly verdict: Verdict;
}

/** Runs the experiments one after another. One that fails does not keep the others from running. */
export async function runExperiments(
  stage: Stage,
  experiments: readonly Experiment[],
  signal?: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const experiment of experiments) {
    if (signal?.aborted) break;
    results.push(await runExperiment(stage, experiment));
  }
  return results;
}

async function runExperiment(stage: Stage, { assumption, origin, expected, see }: Experiment): Promise<Result> {
  const allowed = typeof expected === 'string' ? [expected] : expected;
  const row = { assumption, origin, expected: allowed.join(' or ') };
  try {
    const seen = await see(stage);
    return { ...row, seen: withoutIdentity(seen), verdict: allowed.includes(seen) ? 'AGREES' : 'DIFFERS' };
  } catch (error) {
    const { name, message } = error as Error;
    if (error instanceof NotSeenError) return { ...row, seen: message, verdict: 'NOT_SEEN' };
    // The text of an AWS error can name the account. A text of ours, which has no name of its own, cannot.
    return { ...row, seen: withoutIdentity(name === 'Error' ? message : name), verdict: 'FAILED' };
  }
}

/** Whatever could name the account, a resource, a user or a number. Masked contacts are left as they are. */
const IDENTITIES: readonly [pattern: RegExp, instead: string][] = [
  [/arn:[\w-]+:[^\s,;"']*/g, '(ARN)'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '(address)'],
  [/[a-z]{2}(?:-[a-z]+)+-\d_[0-9A-Za-z]+/g, '(user pool)'],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '(id)'],
  [/\b[0-9a-z]{26}\b/g, '(id)'],
  [/\+?\d{7,}/g, '(number)'],
];

/** Cuts out what must not be in the file that the user sends, in case that an experiment let it through. */
export function withoutIdentity(text: string): string {
  return IDENTITIES.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}

/** The table of the results, and the assumptions without an experiment. */
export function formatResults(results: readonly Result[], untested: readonly Untested[]): string {
  const differing = results.filter(({ verdict }) => verdict === 'DIFFERS');
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  const list = (possible: boolean) =>
    untested.filter((each) => each.possible === possible).map(({ assumption, reason }) => `  ${assumption}: ${reason}`);
  return [
    formatTable([
      ['assumption', 'expected', 'seen', 'verdict'],
      ...results.map(({ assumption, expected, seen, verdict }) => [assumption, expected, seen, verdict]),
    ]),
    '',
    'No experiment yet:',
    ...list(true),
    '',
    'Not testable:',
    ...list(false),
    '',
    `${count('AGREES')} agree, ${differing.length} differ, ${count('NOT_SEEN')} not seen, ${count('FAILED')} failed.`,
    ...(differing.length > 0 ? [`Differs: ${differing.map(({ assumption }) => assumption).join(', ')}`] : []),
  ].join('\n');
}

/** The widest column of the table. Longer texts are continued in further lines. */
const MAX_WIDTH = 44;

function formatTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((text) => wrap(text)));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => Math.max(...(row[column] ?? ['']).map(({ length }) => length)))),
  );
  return cells
    .flatMap((row) => {
      const height = Math.max(...row.map(({ length }) => length));
      return Array.from({ length: height }, (_, line) =>
        row
          .map((lines, column) => (lines[line] ?? '').padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      );
    })
    .join('\n');
}

function wrap(text: string): string[] {
  return text.replace(new RegExp(`(?=.{${MAX_WIDTH + 1}})(.{1,${MAX_WIDTH}}) `, 'g'), '$1\n').split('\n');
}

/** The content of the file that the user can send. */
export function resultsFile(
  results: readonly Result[],
  untested: readonly Untested[],
  about: { readonly sandbox: boolean; readonly region: string; readonly version: string },
): string {
  return `${JSON.stringify({ ...about, results, untested }, undefined, 2)}\n`;
}
