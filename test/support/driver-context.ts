import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { openGuardedFetch } from '../../src/net/guarded-fetch.ts';
import type { DriverContext } from '../../src/platforms/platform.ts';

export interface TestContext extends DriverContext, AsyncDisposable {
  /** What was told to the operator. */
  readonly warnings: string[];
  /** The folder that stands for both the configuration's and the state's. */
  readonly folder: string;
}

/** Real parts in a folder of their own; `allowPrivate` lets drivers reach servers of the test. */
export async function openTestContext(allowPrivate: readonly string[] = []): Promise<TestContext> {
  const folder = await mkdtemp(join(tmpdir(), 'pilcrow-test-'));
  const fetch = openGuardedFetch({ userAgent: 'pilcrow-test', allowPrivate });
  const warnings: string[] = [];
  return {
    clock: systemClock,
    fetch,
    lookup: fetch.lookup,
    notices: { warn: (message) => warnings.push(message) },
    shared: false,
    configDir: folder,
    dataDir: folder,
    folder,
    warnings,
    [Symbol.asyncDispose]: async () => {
      await fetch[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
