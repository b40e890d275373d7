import { fork } from 'node:child_process';
import { join } from 'node:path';
import { nodeExecutableFor } from 'cloud-assembly-sandbox';
import { VARIANTS, type Variant } from './builds';
import { BATCH_SIZE, type Case, environmentOf } from './cases';
import type { Counts, Endpoint } from './endpoint';

/** Medians for one invocation, in milliseconds; for the worker, for one user. */
export interface Figures {
  readonly time: number;
  readonly cpu: number;
  /** Of one invocation in a new process. */
  readonly counts?: Counts;
}

/** What was measured of the builds of a function. */
export interface Row {
  readonly name: string;
  readonly measurement: string;
  /** The version of the Node.js that ran them. */
  readonly node: string;
  readonly figures: Partial<Record<Variant, Figures>>;
}

type Builds = Partial<Record<Variant, string>>;
interface Block {
  readonly times: readonly number[];
  readonly cpu: number;
}

/** What a measuring process sends: the blocks of each build. */
interface Measured {
  readonly node: string;
  readonly blocksOf: readonly (readonly Block[])[];
}

/** Cold starts of each build, each in a new process. */
const COLD_ROUNDS = 30;

/** Warm invocations of each build, in blocks in random order in one process; the first ones are not counted. */
const WARM_BLOCKS = { immediate: 200, delayed: 20 };
const WARM_UP_BLOCKS = 10;
const BLOCK_SIZE = 10;

const BATCHES = 3;

/** The Node.js that is measured: the one that functions of the runtime run on. */
export const measuredNode = () => nodeExecutableFor('nodejs24.x');

/** Loading and the first invocation. */
export async function measureCold(each: Case, builds: Builds, endpoint: Endpoint): Promise<Row> {
  const blocks: Partial<Record<Variant, Block[]>> = {};
  const counts: Partial<Record<Variant, Counts>> = {};
  let node = '';
  // Alternating, because the speed of the machine varies more over minutes than over seconds.
  for (let round = 0; round < COLD_ROUNDS; round++) {
    for (const [variant, build] of entriesOf(builds)) {
      await endpoint.takeCounts();
      const measured = await run(each, [build], endpoint, 0, { blocks: 1, blockSize: 1 });
      node = measured.node;
      blocks[variant] = [...(blocks[variant] ?? []), ...measured.blocksOf.flat()];
      counts[variant] = await endpoint.takeCounts();
    }
  }
  const figures = entriesOf(blocks).map(([variant, all]) => [variant, { ...medians(all, 1), counts: counts[variant] }]);
  return { name: each.name, measurement: 'cold', node, figures: Object.fromEntries(figures) };
}

export async function measureWarm(each: Case, builds: Builds, endpoint: Endpoint, latency: number): Promise<Row> {
  const { immediate, delayed } = WARM_BLOCKS;
  const size = { blocks: WARM_UP_BLOCKS + (latency === 0 ? immediate : delayed), blockSize: BLOCK_SIZE };
  const { node, blocksOf } = await run(each, Object.values(builds), endpoint, latency, size);
  const figures = entriesOf(builds).map(([variant], index) => [
    variant,
    medians(blocksOf[index]?.slice(WARM_UP_BLOCKS) ?? [], BLOCK_SIZE),
  ]);
  return { name: each.name, measurement: `warm, ${latency} ms`, node, figures: Object.fromEntries(figures) };
}

/** Batches of the worker, after one that is not counted, by the user. */
export async function measureBatches(each: Case, builds: Builds, endpoint: Endpoint): Promise<Row> {
  const { function: own = '', bare = '' } = builds;
  await endpoint.takeCounts();
  await run(each, [own], endpoint, 0, { blocks: 1, blockSize: 1 });
  const counts = await endpoint.takeCounts();
  const size = { blocks: BATCHES + 1, blockSize: 1 };
  const { node, blocksOf } = await run(each, [own, bare], endpoint, 0, size);
  const [ownBlocks = [], bareBlocks = []] = blocksOf;
  const perUser = (blocks: readonly Block[]) => {
    const { time, cpu } = medians(blocks.slice(1), 1);
    return { time: time / BATCH_SIZE, cpu: cpu / BATCH_SIZE };
  };
  return {
    name: each.name,
    measurement: `batch of ${BATCH_SIZE}`,
    node,
    figures: { function: { ...perUser(ownBlocks), counts }, bare: perUser(bareBlocks) },
  };
}

/** Runs blocks of invocations of the builds, in turn, in a new process. */
async function run(
  each: Case,
  builds: readonly string[],
  endpoint: Endpoint,
  latency: number,
  size: { readonly blocks: number; readonly blockSize: number },
): Promise<Measured> {
  const child = fork(join(__dirname, 'measure.cjs'), [JSON.stringify({ builds, event: each.event(), ...size })], {
    execPath: measuredNode().path,
    execArgv: [],
    env: environmentOf(each, endpoint.url(latency), endpoint.certificate),
  });
  const measured = await new Promise<Measured>((done, fail) => {
    child.once('message', (message) => done(message as Measured));
    child.once('exit', (status) => fail(new Error(`the measuring process ended with status ${status}`)));
  });
  child.kill();
  return measured;
}

function medians(blocks: readonly Block[], blockSize: number): { time: number; cpu: number } {
  return { time: median(blocks.flatMap(({ times }) => times)), cpu: median(blocks.map(({ cpu }) => cpu)) / blockSize };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function entriesOf<Value>(byVariant: Partial<Record<Variant, Value>>): [Variant, Value][] {
  return VARIANTS.flatMap((variant) => {
    const value = byVariant[variant];
    return value === undefined ? [] : [[variant, value] as [Variant, Value]];
  });
}
