// Runs in a process of its own: loads builds of the reset function, calls them in turn, and sends how long each call
// took, the loading included in the first.
const { performance } = require('node:perf_hooks');

const [, , calls, ...bundles] = process.argv;
const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 30_000 };

// What the function logs is part of its work, and goes nowhere.
process.stdout.write = () => true;

async function main() {
  const times = bundles.map(() => []);
  for (let call = 0; call < Number(calls); call++) {
    for (let turn = 0; turn < bundles.length; turn++) {
      // Another one begins each time, because the first of a round finds the caches cold.
      const index = (call + turn) % bundles.length;
      const started = performance.now();
      await require(bundles[index]).handler({ username: 'user' }, context);
      times[index].push(performance.now() - started);
    }
  }
  process.send(times);
}

main();
