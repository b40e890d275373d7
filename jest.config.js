// The SDK warns on standard error about Node.js versions that it will stop supporting. The tests do not need that.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** swc compiles the sources. It does not check types: `npm run check` does. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/sandbox/test'],
  // They take minutes.
  testPathIgnorePatterns: ['/node_modules/', '\\.soak\\.test\\.ts$'],
  // TypeScript is first, because the build leaves compiled files next to the sources in lib.
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // One worker per core, because the tests wait a lot.
  maxWorkers: '100%',
  testSequencer: './test/support/slowest-first.js',
  testTimeout: 60_000,
};
