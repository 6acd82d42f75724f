import { missing, runChaos } from '../test/support/chaos/chaos.ts';
import { chaosRepeats } from '../test/support/chaos/timeouts.ts';
import { runRolling } from '../test/support/chaos/rolling.ts';
import type { RunResult } from '../test/support/chaos/run.ts';
import type { Proof } from './proof.ts';

const posts = 20_000;
const run = { processes: 3, seed: 1, stallMs: 180_000 };

/** Three processes on one PostgreSQL and one Redis, with everything going wrong; then a rolling restart under load. */
export const chaos: Proof = {
  name: 'chaos',
  async run(report) {
    const results: Record<string, object> = {};
    let holds = true;
    const note = (name: string, result: RunResult, alsoWrong: readonly string[]) => {
      const wrong = [...faultsOf(result), ...alsoWrong];
      holds &&= wrong.length === 0;
      const { lost, doubled, false: untrue, ...rest } = result;
      results[name] = { ...rest, lost: lost.length, doubled: doubled.length, false: untrue.length, wrong };
      report(`${name}: ${wrong.length === 0 ? 'nothing lost, nothing doubled' : wrong.join('; ')}`);
    };
    for (const { name, kind } of chaosRepeats) {
      const share = { posts: Math.ceil(posts / chaosRepeats.length), perSecond: 45, repeat: kind, pauseMs: 4000 };
      const result = await runChaos({ ...run, ...share });
      const quiet = missing(result);
      note(name, result, quiet.length === 0 ? [] : [`did not happen: ${quiet.join(', ')}`]);
    }
    const rolling = await runRolling({ ...run, posts: 2000, perSecond: 100, repeat: 'doubles' });
    const late = rolling.exits.filter((code) => code !== 0).length;
    note('rolling restart', rolling, late === 0 ? [] : [`${late} processes did not stop within 10 s`]);
    return { holds, counts: results };
  },
};

function faultsOf({ lost, doubled, false: untrue, falls, done }: RunResult): string[] {
  return [
    ...named('lost', lost),
    ...named('doubled', doubled),
    ...named('untrue', untrue),
    ...falls.map((fall) => `a process fell: ${fall}`),
    ...(done ? [] : ['the bots stopped before all was done']),
  ];
}

/** A count and the first of them: thousands of ids in a line help nobody. */
function named(what: string, ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`${ids.length} ${what}: ${ids.slice(0, 20).join(' ')}${ids.length > 20 ? ' …' : ''}`];
}
