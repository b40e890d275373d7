const Sequencer = require('@jest/test-sequencer').default;

/**
 * The slowest suites, which start first. Started last, one would run on while the other cores are idle. `long-lists` and
 * `bucket` make Node.js collect all garbage often: that takes five seconds in a new worker, and twenty in one that has loaded
 * the CDK. Suites that mostly wait are between others that do not, so that no core is idle.
 */
const SLOWEST = [
  'long-lists',
  'bucket',
  'campaign-faults',
  'package',
  'types',
  'campaign-halt',
  'verify',
  'campaign',
  'demo',
  'batch',
  'preview',
  'faults',
  'attach',
  'sms-readiness',
  'messages',
  'campaign-preflight',
  'step-functions-service',
  'bulk-password-reset',
  'idempotency',
  'reset-messages',
  'accepted-by-cognito',
  'campaign-users',
  'readiness',
  'serve',
  'filter',
];

/**
 * The order of the soak: `freeze` waits for most of seven minutes, in which the suites that measure real time have the other
 * worker to themselves. They begin when all processes of `freeze` have started.
 */
const SOAK = ['freeze', 'long-lists', 'campaign-pace', 'pacer'];

/** Jest sorts by the durations of earlier runs. A new machine has none. */
module.exports = class extends Sequencer {
  sort(tests) {
    const first = process.env.SOAK === 'true' ? SOAK : SLOWEST;
    const rank = ({ path }) => {
      const at = first.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return at < 0 ? first.length : at;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
