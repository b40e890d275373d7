// Runs in a separate process. Loads builds of the reset function, calls them in turn, and sends the duration of each
// call to the parent process. The first call includes loading the build.
const { performance } = require('node:perf_hooks');

const [, , calls, ...bundles] = process.argv;
const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 30_000 };

// Logging is measured, but the output is discarded.
process.stdout.write = () => true;

async function main() {
  const times = bundles.map(() => []);
  for (let call = 0; call < Number(calls); call++) {
    for (let turn = 0; turn < bundles.length; turn++) {
      // Each round starts with another build, because the first call of a round finds cold caches.
      const index = (call + turn) % bundles.length;
      const started = performance.now();
      await require(bundles[index]).handler({ username: 'user' }, context);
      times[index].push(performance.now() - started);
    }
  }
  process.send(times);
}

main();
