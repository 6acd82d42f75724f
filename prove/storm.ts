import { runStorm } from '../test/support/chaos/storm.ts';
import type { Proof } from './proof.ts';

const stormMs = Number(process.env['STORM_SECONDS'] ?? 300) * 1000;
const options = { stormMs, restarts: 10, processes: 3, perSecond: 4, seed: 1, stallMs: 300_000 };

/** Three processes with their default output, while PostgreSQL ends connections for five minutes, and then restarts ten times at once. */
export const storm: Proof = {
  name: 'storm',
  async run(report) {
    const result = await runStorm(options);
    const { posts, ended, falls, unanswered, doubled, exits } = result;
    const wrong = falls.length + unanswered.length + doubled.length + exits.filter((code) => code !== 0).length;
    report(
      `${posts} posts, ${ended} connections ended: ${wrong === 0 ? 'each answered once' : JSON.stringify(result)}`,
    );
    return { holds: wrong === 0 && ended > 0, counts: { ...options, ...result } };
  },
};
