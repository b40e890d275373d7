import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(__dirname, '..');
const BUNDLE = join(ROOT, 'assets', 'reset', 'index.js');

/** The limits. The benchmark fails above them. */
const MAX_BYTES = 235_000;
const MAX_COLD_RATIO = 0.75;
const MAX_WARM_RATIO = 1.05;

/** Cold starts of each build, each in a new process. */
const COLD_ROUNDS = 15;
/** Warm calls of each build, alternating in one process. */
const WARM_CALLS = 500;
/** Calls before these, which are not counted. */
const WARM_UP_CALLS = 100;

/** Response time of an endpoint, in milliseconds. Cognito takes longer: it looks up the user and sends a message. */
const LATENCY = 10;

async function main(): Promise<boolean> {
  // In node_modules, so that a build without the SDK finds the SDK.
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.bench-'));
  const immediate = await startEndpoint(0);
  const delayed = await startEndpoint(LATENCY);
  try {
    const runtimeSdk = await buildVariant('lambda/reset/index.ts', join(folder, 'runtime-sdk.js'), false);
    const bareCall = await buildVariant('bench/bare.ts', join(folder, 'bare-call.js'), true);

    const cold: Record<string, number[]> = { [BUNDLE]: [], [runtimeSdk]: [] };
    // Alternating, because the speed of the machine varies more over minutes than over seconds.
    for (let round = 0; round < COLD_ROUNDS; round++) {
      for (const [bundle, times] of Object.entries(cold)) {
        times.push(...(await measure(1, immediate.url, bundle)).flat());
      }
    }
    const [bundled = Number.NaN, external = Number.NaN] = Object.values(cold).map(median);
    console.log(
      `load and first call: ${bundled.toFixed(1)} ms; with the SDK of the runtime: ${external.toFixed(1)} ms`,
    );

    const warm = await measureWarm(immediate.url, bareCall);
    console.log(`warm call: ${warm.function.toFixed(3)} ms; bare SDK call: ${warm.bare.toFixed(3)} ms`);
    const slow = await measureWarm(delayed.url, bareCall);
    console.log(
      `warm call to an endpoint that takes ${LATENCY} ms: ${slow.function.toFixed(3)} ms; ` +
        `bare SDK call: ${slow.bare.toFixed(3)} ms; ratio: ${(slow.function / slow.bare).toFixed(3)}`,
    );
    return [
      checkLimit('size of the bundle in bytes', statSync(BUNDLE).size, MAX_BYTES),
      checkLimit('load and first call, as a ratio to the SDK of the runtime', bundled / external, MAX_COLD_RATIO),
      checkLimit('warm call, as a ratio to a bare SDK call', warm.function / warm.bare, MAX_WARM_RATIO),
    ].every(Boolean);
  } finally {
    immediate.stop();
    delayed.stop();
    rmSync(folder, { recursive: true });
  }
}

async function startEndpoint(latency: number): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request, response) => {
    const answer = () =>
      response.setHeader('Content-Type', 'application/x-amz-json-1.1').setHeader('x-amzn-RequestId', 'bench').end('{}');
    request.resume().on('end', () => (latency === 0 ? answer() : setTimeout(answer, latency)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
}

/** Bundles with the SDK, like the build of this package, or without it, like the CDK's NodejsFunction by default. */
async function buildVariant(entryPoint: string, outfile: string, bundleSdk: boolean): Promise<string> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    ...(bundleSdk
      ? {
          mainFields: ['module', 'main'],
          alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'lambda', 'shared', 'credentials.ts') },
        }
      : { external: ['@aws-sdk/*', '@smithy/*', './idempotency.js'] }),
  });
  return outfile;
}

/** Calls the bundles in turn. Returns the durations of the calls of each bundle. */
async function measure(calls: number, endpoint: string, ...bundles: string[]): Promise<number[][]> {
  const child = fork(join(__dirname, 'measure.cjs'), [String(calls), ...bundles], {
    execArgv: [],
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      USER_POOL_ID: 'us-east-1_AbCdEfGhI',
    },
  });
  const times = await new Promise<number[][]>((done, fail) => {
    child.once('message', (message) => done(message as number[][]));
    child.once('exit', (status) => fail(new Error(`the measuring process ended with status ${status}`)));
  });
  child.kill();
  return times;
}

async function measureWarm(endpoint: string, bareCall: string): Promise<{ function: number; bare: number }> {
  const times = await measure(WARM_UP_CALLS + WARM_CALLS, endpoint, BUNDLE, bareCall);
  const [own = Number.NaN, bare = Number.NaN] = times.map((all) => median(all.slice(WARM_UP_CALLS)));
  return { function: own, bare };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function checkLimit(name: string, value: number, limit: number): boolean {
  const held = value <= limit;
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(3);
  console.log(`${held ? '✓' : '✗'} ${name}: ${shown} (at most ${limit})`);
  return held;
}

main().then((held) => {
  process.exitCode = held ? 0 : 1;
});
