const { availableParallelism } = require('node:os');
const { join } = require('node:path');

// The SDK warns on standard error about Node.js versions that it will stop supporting. The tests do not need that.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// The CDK would record a stack trace for each construct and each warning, through the source maps of Jest.
process.env.CDK_DISABLE_STACK_TRACE = '1';
process.env.CDK_CONTEXT_JSON = '{"aws:cdk:disable-creation-stack-traces":true}';

// What Node.js has compiled, of packages above all, for the workers and the commands that suites start.
process.env.NODE_COMPILE_CACHE ??= join(__dirname, 'node_modules', '.cache', 'node');

/** swc compiles the sources. It does not check types: `npm run check` does. */
module.exports = {
  testEnvironment: '<rootDir>/test/support/jest/environment.js',
  runtime: '<rootDir>/test/support/jest/runtime.js',
  globalSetup: '<rootDir>/sandbox/test/support/jest/global-setup.js',
  globalTeardown: '<rootDir>/test/support/jest/global-teardown.js',
  // Not in the temporary folder, in which the tests leave nothing.
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  roots: ['<rootDir>/test', '<rootDir>/sandbox/test'],
  // They install packages: see jest.languages.config.js and jest.consumers.config.js.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/languages.test.ts', '<rootDir>/test/consumers/'],
  // TypeScript is first, because the build leaves compiled files next to the sources in lib.
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // More workers than cores, because the tests wait a lot. A worker takes up to a gigabyte of memory.
  maxWorkers: Math.min(2 * availableParallelism(), 8),
  // In milliseconds. A worker holds nothing open at its end, but may have a gigabyte of memory: on a busy machine, to give it
  // back takes longer than the half second after which Jest would kill it and complain.
  workerGracefulExitTimeout: 10_000,
  testSequencer: '<rootDir>/test/support/jest/slowest-first.js',
  // No test depends on it: it ends what hangs, also on a machine that is busy with something else.
  testTimeout: 300_000,
};
