const NodeEnvironment = require('jest-environment-node').default;

/** What jest-circus keeps on the globals, which would make it call the handlers of earlier suites. */
const OF_JEST = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL'].map((name) => Symbol.for(name));

/**
 * Runs suites in the realm of Node.js itself instead of a realm for each suite, so that they can share the packages that
 * runtime.js loads. What a suite changes of the environment variables is undone.
 */
module.exports = class extends NodeEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global = globalThis;
    this.moduleMocker = new this.moduleMocker.constructor(globalThis);
    this.fakeTimersModern = new this.fakeTimersModern.constructor({ config: config.projectConfig, global: globalThis });
    this.variablesBefore = { ...process.env };
    this.exitBefore = process.exit;
  }

  async teardown() {
    await super.teardown();
    for (const key of OF_JEST) Reflect.deleteProperty(globalThis, key);
    process.env = this.variablesBefore;
    process.exit = this.exitBefore;
  }
};
