import { defineConfig } from 'vitest/config';
import { SkippedTests } from './test/support/skipped-tests.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new SkippedTests()],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores here and in CI; tests that start processes need room beside the workers.
    maxWorkers: 2,
    // Of the kill matrix, each of whose runs is a bot, its servers and its platform.
    maxConcurrency: 3,
  },
});
