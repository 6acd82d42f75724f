import { messageOf, RetryLater } from '../../core/errors.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import type { DriverContext, Feed } from '../platform.ts';
import type { NostrFeed } from './config.ts';
import { type Position, decodeCursor, encodeCursor } from './cursor.ts';
import { interestOf } from './interest.ts';
import { pageOf, prefilter } from './prefilter.ts';
import { openProfiles } from './profiles.ts';
import { closeAll, openRelays, type Relay } from './relay.ts';
import { type RelayInfo, relayInfo } from './relay-info.ts';
import { catchUp } from './catch-up.ts';

const postsPerPage = 50;
/** The cursor is written this often even if nothing was found, which bounds how much is read again. */
const staleSeconds = 3600;
const defaultLimit = 500;

export async function openFeed(config: NostrFeed, context: DriverContext): Promise<Feed & AsyncDisposable> {
  const { clock, fetch, notices } = context;
  const interest = interestOf(config);
  const relays = openRelays(config, context);
  const profiles = openProfiles(relays, clock);
  const limitOf = openLimits(fetch);
  /** The failures of the last poll. */
  let down: ReadonlyMap<Relay, unknown> = new Map();
  return {
    async *pages(after, signal) {
      signal.throwIfAborted();
      const now = clock.now();
      const failures = new Map<Relay, unknown>();
      const before = decodeCursor(after);
      const configured = [...before.relays].filter(([url]) => config.relays.includes(url));
      let position: Position = { ...before, relays: new Map(configured) };
      let written = position;
      const storedAuthors = (await context.storedAuthors?.()) ?? [];
      const source = { relays, interest, config, position, storedAuthors };
      const catchUpOptions = { ...source, now, signal, limitOf, notices, failures };
      for await (const span of catchUp(catchUpOptions)) {
        const outcomes = prefilter(span.received, interest, position.seen, now);
        for (let at = 0; at < outcomes.length; at += postsPerPage) {
          const part = outcomes.slice(at, at + postsPerPage);
          const page = await pageOf(part, { profiles, relays, interest, now, signal });
          const isLast = at + postsPerPage >= outcomes.length;
          const seen = [...position.seen, ...part.map(({ fingerprint }) => fingerprint)];
          position = { seen, relays: isLast ? span.relays : position.relays };
          written = position;
          yield { ...page, cursor: encodeCursor(position) };
        }
        position = { ...position, relays: span.relays };
      }
      if (isStale(written, position)) yield { posts: [], rejects: [], cursor: encodeCursor(position) };
      if (failures.size === relays.length) throw faultOf([...failures.values()]);
      for (const [relay, error] of failures)
        if (!down.has(relay)) notices.warn(`${messageOf(error)}; the other relays are read, this one catches up later`);
      down = failures;
    },
    [Symbol.asyncDispose]: () => closeAll(relays),
  };
}

/** Asks each relay for its limit only once. */
function openLimits(fetch: GuardedFetch) {
  const infos = new Map<Relay, Promise<RelayInfo>>();
  return async function limitOf(relay: Relay, signal: AbortSignal): Promise<number> {
    const info = infos.get(relay) ?? relayInfo(relay.url, fetch, signal);
    infos.set(relay, info);
    return Math.min(defaultLimit, (await info).limits.max_limit ?? defaultLimit);
  };
}

function isStale(before: Position, after: Position): boolean {
  return [...after.relays].some(([url, { readTo }]) => readTo - (before.relays.get(url)?.readTo ?? 0) > staleSeconds);
}

/** Of several relays that failed, in words. Errors of relays that ask to wait give the shortest wait. */
export function faultOf(errors: readonly unknown[]): Error {
  const message = errors.map(messageOf).join('; ');
  const delays = errors.filter((error) => error instanceof RetryLater).map(({ delayMs }) => delayMs);
  return delays.length > 0 ? new RetryLater(message, Math.min(...delays)) : new Error(message);
}
