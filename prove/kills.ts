import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRun } from '../test/support/kills.ts';
import type { Proof } from './proof.ts';

const seeds = [1, 2, 3, 4, 5];
const plan = { posts: 5000, kills: 20 };

/** The kill test of `npm test` over more seeds. */
export const kills: Proof = {
  name: 'kills',
  async run(report) {
    const runs: Record<string, unknown>[] = [];
    let holds = true;
    for (const seed of seeds) {
      const dir = mkdtempSync(join(tmpdir(), 'pilcrow-kills-'));
      try {
        const result = await killRun({ dir, seed, ...plan });
        report(`seed ${seed}: ${JSON.stringify(result)}`);
        holds &&= result.lost === 0 && result.doubled === 0 && result.fired === plan.kills;
        holds &&= result.states['sent'] === plan.posts;
        runs.push({ seed, ...result });
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }
    return { holds, counts: { ...plan, runs } };
  },
};
