import { afterAll, describe, expect, test } from 'vitest';
import { points } from '../../src/core/point.ts';
import { allCases, nameOf, sampleCases, unharmed } from '../support/kill-matrix/cases.ts';
import { killAt, type KillResult } from '../support/kill-matrix/kill-at.ts';
import { closeStores } from '../support/kill-matrix/stores.ts';
import { scenarioOf } from '../support/kill-matrix/scenarios.ts';

const seed = 1;
const sample = sampleCases(seed);

describe(`kill -9 at every point: ${sample.length} of the ${allCases([seed]).length} cases of a seed`, () => {
  const results: KillResult[] = [];

  afterAll(async () => {
    await closeStores();
    const fired = results.filter((result) => result.fired).length;
    const faults = results.reduce((sum, result) => sum + result.faults, 0);
    const counts = `${points.length} points, ${results.length} runs, ${fired} kills fired, ${faults} faults dealt out`;
    process.stdout.write(`kill matrix: ${counts}; npm run prove kill-matrix runs all\n`);
  });

  test('every point has a scenario that passes it, and its place in the sample', () => {
    for (const point of points) expect(scenarioOf(point).passes[0]).toBeGreaterThan(0);
    expect(new Set(sample.map(({ point }) => point))).toEqual(new Set(points));
  });

  for (const kill of sample) {
    test.concurrent(`${nameOf(kill)}: nothing lost, nothing doubled`, { timeout: 1_000_000 }, async () => {
      const result = await killAt(kill);
      results.push(result);
      // All of the result is compared, so that a failure shows all of it.
      expect(result).toEqual({ ...result, ...unharmed });
    });
  }
});
