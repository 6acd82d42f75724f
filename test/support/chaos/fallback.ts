import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerName } from '../../../workers/index.ts';
import { type RedisConditionName, redisConditions } from './redis-conditions.ts';
import { type RunResult, runUnder } from './run.ts';

/** How the worker roles are dealt out; undefined: every process has all. */
export const divisions = {
  together: undefined,
  split: [
    ['poll', 'sweep'],
    ['resolve', 'notify', 'digest'],
    ['respond', 'replace', 'reconcile', 'withdraw'],
  ],
} satisfies Readonly<Record<string, readonly (readonly WorkerName[])[] | undefined>>;

export interface FallbackResult extends RunResult {
  /** Posts that were answered before Redis was well again. */
  readonly meanwhile: number;
}

/** Three processes answer posts while their Redis fails; it gets well when all are answered, or nothing more happens. */
export async function runFallback(
  condition: RedisConditionName,
  division: keyof typeof divisions,
  { posts, perSecond, seed = 1 }: { posts: number; perSecond: number; seed?: number },
): Promise<FallbackResult> {
  let meanwhile = 0;
  const stallMs = 60_000;
  const rest = { posts, perSecond, seed, processes: 3, roles: divisions[division], stallMs, shares: [], script: [] };
  const result = await runUnder({ ...rest, repeat: 'doubles' }, async ({ servers, platform, written }) => {
    const how = redisConditions[condition];
    await how.begin(servers.redis);
    let movedAt = performance.now();
    while (meanwhile < posts && (!written.aborted || performance.now() - movedAt < stallMs)) {
      await delay(100);
      const { size } = platform.state.replies;
      if (size > meanwhile) movedAt = performance.now();
      meanwhile = size;
    }
    await how.end(servers.redis);
    return { [condition]: 1 };
  });
  return { ...result, meanwhile };
}
