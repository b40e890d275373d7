const Sequencer = require('@jest/test-sequencer').default;

/** Begun last, one of these would go on alone while the other cores have nothing to do. */
const SLOWEST = [
  'campaign-pace',
  'campaign-faults',
  'request',
  'campaign',
  'demo',
  'forged-metadata',
  'idempotency',
  'faults',
  'sms-readiness',
  'campaign-preflight',
  'step-functions-service',
  'serve',
  'messages',
  'readme',
  'package',
];

/** On a new machine nothing is known of how long the suites take. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = SLOWEST.findIndex((name) => path.endsWith(`/${name}.test.ts`));
      return at < 0 ? SLOWEST.length : at;
    };
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
