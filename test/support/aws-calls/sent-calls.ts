import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SentCall } from 'cloud-assembly-sandbox';
import { OPERATIONS } from './register';

/** What the sandbox publishes every call on. */
const CHANNEL = 'cloud-assembly-sandbox:call';

const REGISTER_FILE = 'test/support/aws-calls/register.ts';

/** The parameters of an operation that the register knows: `A.B` is `{ A: { B: {} } }`. */
interface Known {
  readonly [name: string]: Known;
}

const KNOWN = new Map(
  OPERATIONS.map(({ service, operation, parameters }) => [`${service} ${operation}`, tree(Object.keys(parameters))]),
);

/** Every line that the register knows: each operation by itself, and with each of its parameters. */
export const REGISTERED: ReadonlySet<string> = new Set(
  OPERATIONS.flatMap(({ service, operation, parameters }) => [
    `${service} ${operation}`,
    ...Object.keys(parameters).map((path) => `${service} ${operation} ${path}`),
  ]),
);

/**
 * The lines of a call: the operation by itself, and with each parameter. A parameter that the register does not know ends the
 * path, so that the line names it and nothing below it.
 */
export function linesOf({ service, operation, parameters }: Pick<SentCall, 'service' | 'operation' | 'parameters'>) {
  const name = `${service} ${operation}`;
  const known = KNOWN.get(name);
  return [name, ...pathsOf(parameters, known ?? {}, '').map((path) => `${name} ${path}`)];
}

/** Records the distinct lines of a suite's calls in a file, to which the commands that the suite starts add theirs. */
export class CallRecorder {
  readonly #written = new Set<string>();

  constructor(
    private readonly file: string,
    /** Who is recorded: functions, or also a command, which signs with no role of the assembly. */
    private readonly senders: readonly SentCall['sender'][] = ['FUNCTION'],
  ) {
    subscribe(CHANNEL, this.#record);
  }

  stop(): void {
    unsubscribe(CHANNEL, this.#record);
  }

  readonly #record = (message: unknown): void => {
    const call = message as SentCall;
    if (!this.senders.includes(call.sender)) return;
    for (const line of linesOf(call)) {
      if (this.#written.has(line)) continue;
      this.#written.add(line);
      appendFileSync(this.file, `${line}\n`);
    }
  };
}

/** Throws an error when a file of recorded lines has one that the register does not know. */
export function checkRegistered(file: string): void {
  const unknown = recordedIn(file).filter((line) => !REGISTERED.has(line));
  if (unknown.length === 0) return;
  throw new Error(
    `${list(unknown)}: got a call or parameter that ${REGISTER_FILE} does not know, expected every one in it: read its page, add what the page demands and let the sandbox refuse the rest`,
  );
}

/** Throws an error when the register has a line that none of the files in a folder has. */
export function checkSent(folder: string): void {
  const sent = new Set(recordFilesIn(folder).flatMap((file) => recordedIn(join(folder, file))));
  const unsent = [...REGISTERED].filter((line) => !sent.has(line));
  if (unsent.length === 0) return;
  throw new Error(
    `${list(unsent)}: in ${REGISTER_FILE}, but no function and no command sent it in the tests: remove it, or test what sends it`,
  );
}

/** The name of a file of recorded lines. What suites share may stay in the folder of the run. */
export function recordFileName(of: string): string {
  return `shared-calls-${of}`;
}

function recordFilesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith(recordFileName('')));
}

function recordedIn(file: string): string[] {
  if (!existsSync(file)) return [];
  return [...new Set(readFileSync(file, 'utf8').trim().split('\n'))];
}

function list(lines: readonly string[]): string {
  return [...lines].sort().join(', ');
}

function tree(paths: readonly string[]): Known {
  const root: Record<string, Record<string, Known>> = {};
  for (const path of paths) {
    let at: Record<string, unknown> = root;
    for (const name of path.split('.')) {
      at[name] ??= {};
      at = at[name] as Record<string, unknown>;
    }
  }
  return root;
}

/** `*` in what is known stands for the keys of a map that its user chooses, and for the items of a list of objects. */
function pathsOf(value: unknown, known: Known, path: string): string[] {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (Array.isArray(value)) {
    const objects = value.filter((item) => typeof item === 'object' && item !== null);
    if (objects.length === 0) return [path];
    return objects.flatMap((item) => pathsOf(item, known['*'] ?? {}, below('*')));
  }
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return path === '' ? [] : [path];
  const any = known['*'];
  if (any !== undefined) {
    const isEnd = Object.keys(any).length === 0;
    return isEnd ? [below('*')] : Object.values(value).flatMap((item) => pathsOf(item, any, below('*')));
  }
  return Object.entries(value).flatMap(([name, item]) => {
    const child = known[name];
    return child === undefined ? [below(name)] : pathsOf(item, child, below(name));
  });
}
