const Sequencer = require('@jest/test-sequencer').default;

/** The slowest suites, which start first. Started last, one would run on while the other cores are idle. */
const SLOWEST = [
  'faults',
  'campaign-faults',
  'demo',
  'types',
  'campaign',
  'messages',
  'package',
  'idempotency',
  'sms-readiness',
  'step-functions-service',
  'readiness',
  'preview',
  'campaign-preflight',
  'serve',
];

/** Jest sorts by the durations of earlier runs. A new machine has none. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = SLOWEST.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return at < 0 ? SLOWEST.length : at;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
