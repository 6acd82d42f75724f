import { defineConfig } from 'vitest/config';
import { SkippedTests } from './test/support/skipped-tests.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', new SkippedTests()],
    // A wait for a state may take a minute, and says more when it ends than the end of the test does.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores here and in CI; tests that start processes need room beside the workers.
    maxWorkers: 2,
    // Of the kill matrix, each of whose runs is a bot, its servers and its platform.
    maxConcurrency: 3,
  },
});
