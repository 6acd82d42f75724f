import { messageOf, RetryLater } from '../../core/errors.ts';
import type { Cursor, Page } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import type { NostrFeed } from './config.ts';
import { type Place, readPlace, writePlace } from './cursor.ts';
import { interestOf } from './interest.ts';
import { pageOf, prefilter } from './prefilter.ts';
import { openProfiles } from './profiles.ts';
import { openRelay, type Relay, type RelayInfo, relayInfo } from './relay.ts';
import { rounds } from './catch-up.ts';

const postsPerPage = 50;
/** Where nothing comes, the place is written this often all the same, so that not too much is read again. */
const staleSeconds = 3600;
const askedAtATime = 500;

export async function openFeed(config: NostrFeed, context: DriverContext): Promise<Feed & AsyncDisposable> {
  const { clock, fetch, notices } = context;
  const interest = interestOf(config);
  const relays = config.relays.map(openRelay);
  const profiles = openProfiles(relays, clock);
  const infos = new Map<Relay, Promise<RelayInfo>>();
  const down = new Set<Relay>();

  async function* pages(after: Cursor | undefined, signal: AbortSignal): AsyncGenerator<Page> {
    signal.throwIfAborted();
    const now = clock.now();
    const faults = new Map<Relay, unknown>();
    let place = forgetting(readPlace(after), config.relays);
    let written = place;
    const limitOf = async (relay: Relay) => {
      const info = infos.get(relay) ?? relayInfo(relay.url, fetch, signal);
      infos.set(relay, info);
      return Math.min(askedAtATime, (await info).limits.max_limit ?? askedAtATime);
    };
    const onFlood = ({ name }: Relay) =>
      notices.warn(`${name} has more in a second than it gives at a time: some of that second may be lost`);
    const look = { relays, interest, config, place, now, signal, limitOf, onFlood };
    for await (const round of rounds(look, faults)) {
      const terms = { seen: new Set(place.seen), delivered: place.delivered, now };
      const outcomes = prefilter(round.received, interest, terms);
      for (let at = 0; at < outcomes.length; at += postsPerPage) {
        const part = outcomes.slice(at, at + postsPerPage);
        const page = await pageOf(part, { place, profiles, account: interest.account, now, signal });
        const isLast = at + postsPerPage >= outcomes.length;
        place = isLast ? { ...page.place, relays: round.relays } : page.place;
        written = place;
        yield { ...page, cursor: writePlace(place) };
      }
      place = { ...place, relays: round.relays };
    }
    if (isStale(written, place)) yield { posts: [], rejects: [], cursor: writePlace(place) };
    emit(faults);
  }

  /** Errors: when no relay at all could be read. */
  function emit(faults: ReadonlyMap<Relay, unknown>): void {
    const all = [...faults.values()];
    if (all.length === relays.length) {
      const message = all.map(messageOf).join('; ');
      const timeouts = all.filter((error) => error instanceof RetryLater).map(({ delayMs }) => delayMs);
      throw timeouts.length > 0 ? new RetryLater(message, Math.min(...timeouts)) : new Error(message);
    }
    for (const [relay, fault] of faults) {
      if (!down.has(relay)) notices.warn(`${messageOf(fault)}; the other relays are read, this one catches up later`);
      down.add(relay);
    }
    for (const relay of down) if (!faults.has(relay)) down.delete(relay);
  }

  return {
    pages,
    async [Symbol.asyncDispose]() {
      await Promise.all(relays.map((relay) => relay[Symbol.asyncDispose]()));
    },
  };
}

/** A relay that is configured no more is forgotten. */
function forgetting(place: Place, urls: readonly string[]): Place {
  return { ...place, relays: new Map([...place.relays].filter(([url]) => urls.includes(url))) };
}

function isStale(before: Place, after: Place): boolean {
  return [...after.relays].some(([url, { readTo }]) => readTo - (before.relays.get(url)?.readTo ?? 0) > staleSeconds);
}
