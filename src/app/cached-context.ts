import { BoundedMap, openSemaphore } from '../core/async.ts';
import type { Clock } from '../core/clock.ts';
import { RetryLater } from '../core/errors.ts';
import type { Context } from '../platforms/platform.ts';

/** Many ask below the same post at the same time. Not longer: it may be deleted. */
const knownMs = 60_000;
const maxKnown = 1000;

type Answer = Awaited<ReturnType<Context['posts']>> extends ReadonlyMap<string, infer Found> ? Found : never;

/** Asks once a minute for a post, one request at a time, and nothing while the platform asks to wait. */
export function cachedContext(context: Context, clock: Clock): Context {
  const known = new BoundedMap<string, { readonly found: Answer; readonly until: number }>(maxKnown);
  const inTurn = openSemaphore(1);
  let refusal: { readonly until: number; readonly reason: string } | undefined;

  async function ask(refs: Parameters<Context['posts']>[0], signal: AbortSignal): Promise<void> {
    const now = clock.now();
    if (refusal !== undefined && now < refusal.until) throw new RetryLater(refusal.reason, refusal.until - now);
    try {
      const found = await context.posts(refs, signal);
      for (const { id } of refs) known.set(id, { found: found.get(id) ?? 'gone', until: now + knownMs });
    } catch (error) {
      if (error instanceof RetryLater) refusal = { until: now + error.delayMs, reason: error.message };
      throw error;
    }
  }

  return {
    posts: (refs, signal) =>
      inTurn(async () => {
        signal.throwIfAborted();
        const missing = refs.filter(({ id }) => (known.get(id)?.until ?? 0) <= clock.now());
        if (missing.length > 0) await ask(missing, signal);
        return new Map(refs.map(({ id }) => [id, known.get(id)?.found ?? 'gone']));
      }),
  };
}
