import { expect, test } from 'vitest';
import { killRun } from '../support/kills.ts';
import { tempDir } from '../support/temp.ts';

const posts = 5000;
const kills = 20;

test(`${kills} kills by SIGKILL over ${posts} cited posts: one logged reply each`, { timeout: 240_000 }, async () => {
  const result = await killRun({ dir: await tempDir(), posts, kills, seed: 20101128 });
  expect(result).toEqual({ fired: kills, lost: 0, doubled: 0, states: { sent: posts } });
});
