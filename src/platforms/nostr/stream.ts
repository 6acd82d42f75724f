import type { Filter } from 'nostr-tools/filter';
import { AsyncQueue } from '../../core/async.ts';
import { backoffMs } from '../../core/durations.ts';
import { messageOf, RetryLater } from '../../core/errors.ts';
import type { Page } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import type { NostrFeed } from './config.ts';
import { interestOf } from './interest.ts';
import { pageOf, prefilter } from './prefilter.ts';
import { openProfiles } from './profiles.ts';
import { closeAll, openRelays, type Relay } from './relay.ts';
import type { Received } from './catch-up.ts';
import { kinds, readKinds } from './thread.ts';

const reconnect = { firstMs: 1000, maxMs: 60_000 };
/** The feed owns the cursor; the stream has none. */
const cursor = 'live';
const maxWaiting = 5000;
const maxRemembered = 5000;

/**
 * Keeps a subscription open at every relay. A lost relay is reconnected, and the feed finds what it had meanwhile. When all relays are lost
 * at the same time, the stream ends with an error.
 */
export async function openStream(config: NostrFeed, context: DriverContext): Promise<Feed & AsyncDisposable> {
  const { clock } = context;
  const interest = interestOf(config);
  const relays = openRelays(config, context);
  const profiles = openProfiles(relays, clock);
  // No stored events: some relays send an old event as soon as somebody uploads it.
  const filters = [...interest.filters, { kinds: [kinds.deletion], '#k': readKinds.map(String) }].map((filter) => ({
    ...filter,
    limit: 0,
  }));

  async function* pages(_after: string | undefined, signal: AbortSignal): AsyncGenerator<Page> {
    signal.throwIfAborted();
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    const inbox = new AsyncQueue<Received>();
    const listening = keepListening(relays, filters, inbox, until, (ms) => clock.sleep(ms, until));
    try {
      let seen: readonly string[] = [];
      for await (const received of inbox.batches(until)) {
        const now = clock.now();
        const outcomes = prefilter(received, interest, seen, now);
        if (outcomes.length === 0) continue;
        const page = await pageOf(outcomes, { profiles, relays, interest, now, signal: until });
        seen = [...seen, ...outcomes.map(({ fingerprint }) => fingerprint)].slice(-maxRemembered);
        yield { ...page, cursor };
      }
    } finally {
      ended.abort(new Error('the stream has ended'));
      await Promise.all(listening);
    }
  }

  return { pages, [Symbol.asyncDispose]: () => closeAll(relays) };
}

/** Listens to each relay and reconnects. The promises resolve when the signal is aborted. */
function keepListening(
  relays: readonly Relay[],
  filters: readonly Filter[],
  inbox: AsyncQueue<Received>,
  signal: AbortSignal,
  sleep: (ms: number) => Promise<void>,
): Promise<void>[] {
  const down = new Map<Relay, unknown>();
  return relays.map(async (relay) => {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const listener = {
        onReady() {
          failures = 0;
          down.delete(relay);
        },
        onEvent(event: unknown) {
          if (inbox.size >= maxWaiting) inbox.end(new Error('events arrive faster than they can be processed'));
          else inbox.push({ event, relay: relay.url });
        },
      };
      const fault: unknown = await relay.listen(filters, listener, signal).catch((error: unknown) => error);
      down.set(relay, fault);
      if (down.size === relays.length) inbox.end(new Error([...down.values()].map(messageOf).join('; ')));
      const asked = fault instanceof RetryLater ? fault.delayMs : 0;
      await sleep(Math.max(asked, backoffMs(failures, reconnect))).catch(() => {});
    }
  });
}
