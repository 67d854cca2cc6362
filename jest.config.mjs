import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The temporary folder of all tests of a run: what they leave there ends with it.
process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'jest-'));
process.on('exit', () => rmSync(process.env.TMPDIR, { recursive: true, force: true }));

/** @type {import('jest').Config} */
const shared = {
  transform: {
    '(\\.ts|/linkedom/worker\\.js)$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!linkedom/worker)'],
  moduleNameMapper: {
    '/stack-trace$': '<rootDir>/__tests__/support/no-stack-trace.cjs',
    // Jest does not load ES modules: these packages have another build too, and linkedom/worker is transformed.
    '^@observablehq/plot$': '<rootDir>/node_modules/@observablehq/plot/dist/plot.umd.min.js',
    '^linkedom/worker$': '<rootDir>/node_modules/linkedom/worker.js',
    '^d3@': '<rootDir>/node_modules/d3/dist/d3.min.js',
  },
  restoreMocks: true,
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
    { ...shared, displayName: 'verify', testMatch: ['<rootDir>/__tests__/verify/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'end-to-end',
      testMatch: ['<rootDir>/__tests__/end-to-end/**/*.test.ts'],
      globalSetup: '<rootDir>/__tests__/end-to-end/setup.ts',
      globalTeardown: '<rootDir>/__tests__/end-to-end/teardown.ts',
    },
  ],
};
