import { expect, test } from 'vitest';
import { importKills } from '../support/corpus/import-kills.ts';
import { tempDir } from '../support/temp.ts';

// Both kills of this seed come in the midst of the work.
const [cables, kills] = [60, 2];

test(`an import killed ${kills} times and finished equals one that was not killed`, { timeout: 240_000 }, async () => {
  const result = await importKills({ dir: await tempDir(), cables, kills, seed: 67 });
  const least = { fired: 1, resumed: 1 };
  expect(result).toEqual({
    cables: cables + 1,
    rejects: 1,
    differing: [],
    fired: Math.max(least.fired, result.fired),
    resumed: Math.max(least.resumed, result.resumed),
  });
});
