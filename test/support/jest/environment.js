const { tmpdir } = require('node:os');
const { basename, join } = require('node:path');
const NodeEnvironment = require('jest-environment-node').default;
const { removeEmptyFolder, useTemporaryFolder } = require('../../../sandbox/test/support/jest/temporary-folder');
const { CallRecorder, checkRegistered, recordFileName } = require('../aws-calls/sent-calls');

/** What jest-circus keeps on the globals, which would make it call the handlers of earlier suites. */
const OF_JEST = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL'].map((name) => Symbol.for(name));

/** Ends a worker at once when the run has been ended: it would test on, and write into a folder that is deleted. */
const end = () => process.kill(process.pid, 'SIGKILL');

/**
 * Runs suites in the realm of Node.js itself instead of a realm for each suite, so that they can share the packages that
 * runtime.js loads. Each suite has its own environment variables, and a temporary folder, in which it must leave nothing;
 * SHARED_FOLDER is that of the run, for what suites share.
 */
module.exports = class extends NodeEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global = globalThis;
    this.moduleMocker = new this.moduleMocker.constructor(globalThis);
    this.fakeTimersModern = new this.fakeTimersModern.constructor({ config: config.projectConfig, global: globalThis });
    this.before = { env: process.env, exit: process.exit };
    this.variablesBefore = { ...process.env };
    process.once('disconnect', end);
    process.env.SHARED_FOLDER = tmpdir();
    this.#recordCalls(config.projectConfig.rootDir, context.testPath);
    // The CDK remembers the path, so that it is the same for all suites of a worker.
    this.temporaryFolder = useTemporaryFolder(`worker-${process.pid}`);
  }

  /** The functions in the tests of the sandbox are not those of the project. */
  #recordCalls(root, suite) {
    if (!suite.startsWith(join(root, 'test'))) return;
    this.recordFile = join(tmpdir(), recordFileName(`${process.pid}-${basename(suite)}`));
    // For the commands that the suite starts.
    process.env.RECORDED_CALLS = this.recordFile;
    this.recorder = new CallRecorder(this.recordFile);
  }

  async teardown() {
    await super.teardown();
    this.recorder?.stop();
    process.off('disconnect', end);
    for (const key of OF_JEST) Reflect.deleteProperty(globalThis, key);
    Object.assign(process, this.before);
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, this.variablesBefore);
    removeEmptyFolder(this.temporaryFolder, 'the suite');
    if (this.recordFile !== undefined) checkRegistered(this.recordFile);
  }
};
