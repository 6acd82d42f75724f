import { test } from 'vitest';
import { samplesAreHere } from './samples.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** What the test cannot do without; `skipped-tests.ts` counts by it. */
    needs?: 'samples';
  }
}

/** A test that reads the samples: skipped where they are absent, and counted at the end of the run. */
export function sampleTest(title: string, body: () => void | Promise<void>, timeout = 120_000): void {
  // oxlint-disable-next-line vitest/valid-title -- it is passed on
  test(title, { timeout, skip: !samplesAreHere, meta: { needs: 'samples' } }, body);
}
