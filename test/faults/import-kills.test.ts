import { expect, test } from 'vitest';
import { importKills } from '../support/corpus/import-kills.ts';
import { tempDir } from '../support/temp.ts';

const [cables, kills] = [160, 5];

test(`an import killed ${kills} times and finished equals one that was not killed`, { timeout: 240_000 }, async () => {
  const result = await importKills({ dir: await tempDir(), cables, kills, seed: 20101128 });
  expect(result.differing).toEqual([]);
  expect(result.cables).toBe(cables + 1);
  expect(result.rejects).toBe(1);
  expect(result.fired).toBeGreaterThanOrEqual(3);
  expect(result.resumed).toBeGreaterThanOrEqual(1);
});
