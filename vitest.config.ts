import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SkippedTests } from './test/support/skipped-tests.ts';
import { SlowFirst } from './test/support/slow-first.ts';

const servers = 'test/**/*.server.test.ts';
const long = 'test/**/*.long.test.ts';
// The Bluesky network in test/servers has packages of its own, and those have tests.
const packages = '**/node_modules/**';

// The end of a file's name says where its tests run: docs/testing.md has the list.
export const projects = [
  // No server, no browser. `npm run check` and `npm test` run them.
  { name: 'unit', include: ['test/**/*.test.ts'], exclude: [servers, long, packages] },
  // A server or a browser that is installed. `npm test` runs them.
  { name: 'servers', include: [servers], exclude: [packages] },
  // The rest of both: `npm run test:long`.
  { name: 'long', include: [long], exclude: [packages] },
];

export default defineConfig({
  test: {
    projects: projects.map((test) => ({ extends: true as const, test })),
    sequence: { sequencer: SlowFirst },
    setupFiles: ['test/support/end-bots.ts'],
    reporters: ['default', new SkippedTests()],
    // A wait for a state may take a minute, and says more when it ends than the end of the test does.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Files of a worker share the modules under test: half a second of processor time less for each. What a test changes it puts back.
    isolate: false,
    // Three more than cores: tests wait for servers and processes much of the time.
    maxWorkers: availableParallelism() + 3,
    // Of the kill matrix, each of whose runs is a bot, its servers and its platform.
    maxConcurrency: 3,
  },
});
