// The SDK says on standard error that this Node.js goes out of support, which is nobody's news here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** Sources are compiled by swc; types are checked by `npm run check`. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/sandbox/test'],
  // TypeScript first: the build leaves compiled files beside the sources in lib.
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // Much of the time is spent waiting for time-outs.
  maxWorkers: '100%',
  testSequencer: './test/support/slowest-first.js',
  testTimeout: 60_000,
};
