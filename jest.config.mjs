/** @type {import('jest').Config} */
const shared = {
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  moduleNameMapper: { '/stack-trace$': '<rootDir>/__tests__/support/no-stack-trace.cjs' },
  testPathIgnorePatterns: ['/node_modules/', '/cdktf.out/', '/.local/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out/', '<rootDir>/.local/', '<rootDir>/dist/'],
};

export default {
  // Not a limit on speed: what takes this long hangs.
  testTimeout: 20 * 60_000,
  testSequencer: '<rootDir>/__tests__/support/end-to-end-order.cjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '/__tests__/(end-to-end|verify)/'],
    },
    {
      ...shared,
      displayName: 'verify',
      testMatch: ['<rootDir>/__tests__/verify/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'end-to-end',
      testMatch: ['<rootDir>/__tests__/end-to-end/**/*.test.ts'],
      globalSetup: '<rootDir>/__tests__/end-to-end/setup.ts',
      globalTeardown: '<rootDir>/__tests__/end-to-end/teardown.ts',
    },
  ],
};
