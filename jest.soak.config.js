const { execFileSync } = require('node:child_process');

// See test/support/soak.ts.
process.env.SOAK = 'true';

const suites = execFileSync('git', ['grep', '--untracked', '-l', '/support/soak', '--', 'test/**/*.test.ts'], {
  cwd: __dirname,
  encoding: 'utf8',
});

module.exports = {
  ...require('./jest.config.js'),
  testMatch: suites
    .trim()
    .split('\n')
    .map((file) => `<rootDir>/${file}`),
  // See test/support/jest/slowest-first.js for the order.
  maxWorkers: 2,
  testTimeout: 1_200_000,
};
