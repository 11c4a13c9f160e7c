import { jestSwc } from './scripts/swc.config.mjs';

/** Jest 30 as ESM: `NODE_OPTIONS=--experimental-vm-modules` is set by scripts/test.mjs. */
export default {
  rootDir: '.',
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  maxWorkers: 2,
  testTimeout: 15_000,
  testMatch: ['<rootDir>/libs/**/*.spec.ts', '<rootDir>/apps/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  testPathIgnorePatterns: ['<rootDir>/node_modules/', '<rootDir>/dist/', '<rootDir>/.*/fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', jestSwc] },
  moduleNameMapper: {
    '^@isp/(kernel|contracts)$': '<rootDir>/libs/$1/index.ts',
    '^@isp/(platform|domain|apis)/([^/]+)$': '<rootDir>/libs/$1/$2/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^content-disposition$': '<rootDir>/test/support/native-content-disposition.cjs',
  },
};
