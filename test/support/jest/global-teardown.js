const teardown = require('../../../sandbox/test/support/jest/global-teardown');
const { checkSent } = require('../aws-calls/sent-calls');

/** Checks what the suites share when the whole run has ended, and leaves the rest to the teardown of the sandbox's tests. */
module.exports = (globalConfig) => {
  try {
    if (isWholeRun(globalConfig)) checkSent(globalThis.runOfTheTests.folder);
  } finally {
    teardown();
  }
};

/** Whether all suites ran: some were not selected, as by a path or a title. */
function isWholeRun({
  testPathPatterns,
  testNamePattern,
  onlyChanged,
  onlyFailures,
  findRelatedTests,
  shard,
  runTestsByPath,
}) {
  const selected = testNamePattern || onlyChanged || onlyFailures || findRelatedTests || shard || runTestsByPath;
  return !selected && testPathPatterns.patterns.length === 0 && process.env.SOAK !== 'true';
}
