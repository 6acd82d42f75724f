import { divisions, runFallback } from '../test/support/chaos/fallback.ts';
import { redisConditions, type RedisConditionName } from '../test/support/chaos/redis-conditions.ts';
import type { Proof } from './proof.ts';

const posts = Number(process.env['POSTS'] ?? 100);
const perSecond = 100 / 60;

/** Three processes whose Redis fails for a minute while posts come in, in each way and with each division of roles. */
export const fallback: Proof = {
  name: 'fallback',
  async run(report) {
    const results: Record<string, object> = {};
    let holds = true;
    for (const condition of Object.keys(redisConditions) as RedisConditionName[]) {
      for (const division of Object.keys(divisions) as (keyof typeof divisions)[]) {
        const name = `${condition}, ${division}`;
        const result = await runFallback(condition, division, { posts, perSecond });
        const { meanwhile, states, lost, doubled, false: untrue, falls } = result;
        const counts = { meanwhile, states, lost: lost.length, doubled: doubled.length, untrue: untrue.length, falls };
        const good = meanwhile === posts && lost.length + doubled.length + untrue.length + falls.length === 0;
        results[name] = counts;
        holds &&= good;
        report(`${name}: ${meanwhile} of ${posts} answered meanwhile, ${doubled.length} twice, ${lost.length} lost`);
      }
    }
    return { holds, counts: { posts, ...results } };
  },
};
