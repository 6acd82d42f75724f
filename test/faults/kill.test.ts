import { expect, test } from 'vitest';
import { killRun } from '../support/kills.ts';
import { tempDir } from '../support/temp.ts';

// Of this seed the last kill comes early: it finds work left.
const posts = 2000;
const kills = 3;

test(`${kills} kills by SIGKILL over ${posts} cited posts: one logged reply each`, { timeout: 240_000 }, async () => {
  const result = await killRun({ dir: await tempDir(), posts, kills, seed: 11 });
  expect(result).toEqual({ fired: kills, lost: 0, doubled: 0, states: { sent: posts } });
});
