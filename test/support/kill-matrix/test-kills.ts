import { afterAll, expect, test } from 'vitest';
import { type KillCase, nameOf, unharmed } from './cases.ts';
import { killAt, type KillResult } from './kill-at.ts';
import { closeStores } from './stores.ts';

/** A test for each of these kills, and at the end of the `describe` around them how many there were. */
export function testKills(cases: readonly KillCase[]): void {
  const results: KillResult[] = [];

  afterAll(async () => {
    await closeStores();
    const fired = results.filter((result) => result.fired).length;
    const faults = results.reduce((sum, result) => sum + result.faults, 0);
    const counts = `${results.length} runs, ${fired} kills fired, ${faults} faults dealt out`;
    process.stdout.write(`kill matrix: ${counts}; npm run prove kill-matrix runs all\n`);
  });

  for (const kill of cases) {
    test.concurrent(`${nameOf(kill)}: nothing lost, nothing doubled`, { timeout: 1_000_000 }, async () => {
      const result = await killAt(kill);
      results.push(result);
      // All of the result is compared, so that a failure shows all of it.
      expect(result).toEqual({ ...result, ...unharmed });
    });
  }
}
