const { transform } = require('./jest.config.js');

/** Installs the packed package as its users do, from the registry of npm. */
module.exports = {
  rootDir: __dirname,
  transform,
  testMatch: ['<rootDir>/test/consumers/*.test.ts'],
  globalSetup: '<rootDir>/test/support/consumers/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/consumers/global-teardown.ts',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  // The two suites take equally long, and a core each.
  maxWorkers: 2,
  verbose: true,
  // In milliseconds. No test depends on it: it ends what hangs.
  testTimeout: 600_000,
};
