import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importKills } from '../test/support/corpus/import-kills.ts';
import type { Proof } from './proof.ts';

const seeds = [1, 2, 3];
const plan = { cables: 600, kills: 20 };

/** An import that is killed again and again ends as one that never was. */
export const killedImports: Proof = {
  name: 'import-kills',
  async run(report) {
    const runs: Record<string, unknown>[] = [];
    let holds = true;
    for (const seed of seeds) {
      const dir = mkdtempSync(join(tmpdir(), 'pilcrow-import-kills-'));
      try {
        const result = await importKills({ dir, seed, ...plan });
        report(`seed ${seed}: ${JSON.stringify(result)}`);
        // A kill may come when all is done: most must not.
        holds &&= result.differing.length === 0 && result.cables === plan.cables + 1 && result.fired >= plan.kills * 0.75;
        runs.push({ seed, ...result });
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }
    return { holds, counts: { ...plan, runs } };
  },
};
