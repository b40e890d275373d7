// Runs in a separate process. Loads builds of a function, invokes them in turn in blocks, and sends the time of each
// invocation and the CPU time of each block to the parent process, in milliseconds, with the version of Node.js. The first
// invocation of a build includes loading it.
const { randomUUID } = require('node:crypto');
const { performance } = require('node:perf_hooks');

const { builds, event, blocks, blockSize } = JSON.parse(process.argv[2]);
const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 30_000 };

// Logging is measured, but the output is discarded.
process.stdout.write = () => true;
process.stderr.write = () => true;

/** Each request has an idempotency key of its own. */
function freshEvent() {
  return process.env.IDEMPOTENCY_TABLE_NAME ? { ...event, idempotencyKey: randomUUID() } : event;
}

async function measureBlock(build) {
  const times = [];
  const before = process.cpuUsage();
  for (let call = 0; call < blockSize; call++) {
    const started = performance.now();
    await require(build).handler(freshEvent(), context);
    times.push(performance.now() - started);
  }
  // What is left to do after the last response belongs to this block.
  await new Promise(setImmediate);
  const { user, system } = process.cpuUsage(before);
  return { times, cpu: (user + system) / 1000 };
}

/** What runs before a build decides how warm the caches are that it finds. */
function shuffled(values) {
  return [...values]
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

async function main() {
  const blocksOf = builds.map(() => []);
  for (let block = 0; block < blocks; block++) {
    for (const index of shuffled(builds.keys())) blocksOf[index].push(await measureBlock(builds[index]));
  }
  process.send({ node: process.version, blocksOf });
}

main();
