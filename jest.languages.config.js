/** Packages of every language, from its registry. It has no part in `npm test`, which needs no network. */
module.exports = {
  testMatch: ['<rootDir>/test/languages.test.ts'],
  transform: require('./jest.config.js').transform,
  verbose: true,
  testTimeout: 1_200_000,
};
