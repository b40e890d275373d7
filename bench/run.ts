import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildVariants, ROOT } from './builds';
import { BATCH_SIZE, CASES, LISTING, PLAIN_RESET, SIGN_OUT, WORKER } from './cases';
import { type Counts, Endpoint } from './endpoint';
import { measureBatches, measureCold, measuredNode, measureWarm, type Row } from './measurements';
import { ratio, table } from './table';

/** The limits. The benchmark fails above them. */
const MAX_BYTES = 235_000;
const MAX_WARM_RATIO = { 0: 1.12, 10: 1.04 } as const;
const MAX_CPU_RATIO = 1.12;
const MAX_COLD_RATIO = 0.5;
/** 0.6 of what it was while the worker made a connection for each reset. */
const MAX_WORKER_CPU_RATIO = 0.6 * 1.18;

/** Response times of the endpoint, in milliseconds. Cognito takes longer: it looks up the user and sends a message. */
const LATENCIES = [0, 10] as const;

const RESULTS = join(ROOT, 'bench-results.json');

async function main(): Promise<boolean> {
  const { warning } = measuredNode();
  if (warning !== undefined) console.warn(warning);
  // In node_modules, so that a build without the SDK finds the SDK.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.bench-'));
  const endpoint = await Endpoint.start(folder, LATENCIES);
  endpoint.serveObject(LISTING);
  const rows: Row[] = [];
  try {
    for (const each of [...CASES, WORKER]) {
      const beside = join(folder, each.name);
      const builds = await buildVariants(each.sources, beside);
      for (const [name, text] of Object.entries(each.files ?? {})) writeFileSync(join(beside, name), text);
      if (each === WORKER) {
        rows.push(await measureBatches(each, builds, endpoint));
        continue;
      }
      rows.push(await measureCold(each, builds, endpoint));
      for (const latency of LATENCIES) rows.push(await measureWarm(each, builds, endpoint, latency));
    }
  } finally {
    endpoint.stop();
    rmSync(folder, { recursive: true });
  }

  for (const line of table(rows)) console.log(line);
  const limits = checkLimits((name, measurement) => {
    const row = rows.find((row) => row.name === name && row.measurement === measurement);
    if (row === undefined) throw new Error(`${name}, ${measurement}: not measured`);
    return row;
  });
  for (const { what, value, limit, held } of limits) {
    console.log(`${held ? '✓' : '✗'} ${what}: ${rounded(value)} (at most ${rounded(limit)})`);
  }
  writeFileSync(RESULTS, `${JSON.stringify({ rows, limits }, undefined, 2)}\n`);
  return limits.every(({ held }) => held);
}

function checkLimits(rowOf: (name: string, measurement: string) => Row) {
  const cold = rowOf(PLAIN_RESET.name, 'cold').figures;
  const [immediate, delayed] = LATENCIES.map((latency) => rowOf(PLAIN_RESET.name, `warm, ${latency} ms`).figures);
  const signOut = rowOf(SIGN_OUT.name, 'cold').figures;
  const worker = rowOf(WORKER.name, `batch of ${BATCH_SIZE}`).figures;
  const workerCounts = worker.function?.counts;
  return [
    ['bytes of the bundle', statSync(join(ROOT, 'assets', 'reset', 'index.js')).size, MAX_BYTES],
    ['cold, to the SDK of the runtime', ratio(cold.function, cold.runtime), MAX_COLD_RATIO],
    ['warm at 0 ms, to a bare SDK call', ratio(immediate?.function, immediate?.bare), MAX_WARM_RATIO[0]],
    ['warm at 10 ms, to a bare SDK call', ratio(delayed?.function, delayed?.bare), MAX_WARM_RATIO[10]],
    ['CPU of a warm call, to a bare SDK call', ratio(immediate?.function, immediate?.bare, 'cpu'), MAX_CPU_RATIO],
    ['handshakes of a reset with sign-out', signOut.function?.counts?.handshakes ?? Number.NaN, 1],
    ['CPU of a user of a batch, to bare calls', ratio(worker.function, worker.bare, 'cpu'), MAX_WORKER_CPU_RATIO],
    ['handshakes of a worker, to its connections', handshakesPerConnection(workerCounts), 1],
  ].map(([what, value, limit]) => {
    return { what, value: Number(value), limit: Number(limit), held: Number(value) <= Number(limit) };
  });
}

function handshakesPerConnection(counts: Counts | undefined): number {
  return (counts?.handshakes ?? Number.NaN) / (counts?.connections ?? Number.NaN);
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

main().then((held) => {
  process.exitCode = held ? 0 : 1;
});
