/** Node itself loads specs and program (see test/support/runner/native-runner.mjs): nothing is transformed or mapped here. */
export default {
  rootDir: '.',
  testEnvironment: 'node',
  testRunner: '<rootDir>/test/support/runner/native-runner.mjs',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  // One more than processors where gates land: specs wait for the database a third of their time.
  maxWorkers: 3,
  // Longer than what helpers wait for: what did not come in time says so itself.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/apps/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testPathIgnorePatterns: ['<rootDir>/node_modules/', '<rootDir>/dist/', '<rootDir>/.*/fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {},
};
