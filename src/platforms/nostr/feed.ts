import { messageOf, RetryLater } from '../../core/errors.ts';
import type { Cursor, Page } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import type { NostrFeed } from './config.ts';
import { type Position, decodeCursor, encodeCursor } from './cursor.ts';
import { interestOf } from './interest.ts';
import { pageOf, prefilter } from './prefilter.ts';
import { openProfiles } from './profiles.ts';
import { openRelay, type Relay, type RelayInfo, relayInfo } from './relay.ts';
import { catchUp } from './catch-up.ts';

const postsPerPage = 50;
/** The cursor is written this often even if nothing was found, which bounds how much is read again. */
const staleSeconds = 3600;
const defaultLimit = 500;

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
    const failures = new Map<Relay, unknown>();
    let position = onlyOf(config.relays, decodeCursor(after));
    let written = position;
    const limitOf = async (relay: Relay) => {
      const info = infos.get(relay) ?? relayInfo(relay.url, fetch, signal);
      infos.set(relay, info);
      return Math.min(defaultLimit, (await info).limits.max_limit ?? defaultLimit);
    };
    const onFlood = ({ name }: Relay) =>
      notices.warn(`${name} has more events in one second than it returns at a time: some of them may be lost`);
    const options = { relays, interest, config, position, now, signal, limitOf, onFlood };
    for await (const span of catchUp(options, failures)) {
      const known = { seen: new Set(position.seen), delivered: position.delivered, now };
      const outcomes = prefilter(span.received, interest, known);
      for (let at = 0; at < outcomes.length; at += postsPerPage) {
        const part = outcomes.slice(at, at + postsPerPage);
        const page = await pageOf(part, { position, profiles, account: interest.account, now, signal });
        const isLast = at + postsPerPage >= outcomes.length;
        position = isLast ? { ...page.position, relays: span.relays } : page.position;
        written = position;
        yield { ...page, cursor: encodeCursor(position) };
      }
      position = { ...position, relays: span.relays };
    }
    if (isStale(written, position)) yield { posts: [], rejects: [], cursor: encodeCursor(position) };
    report(failures);
  }

  /** Warns once about each relay that failed. Errors: no relay could be read. */
  function report(failures: ReadonlyMap<Relay, unknown>): void {
    const all = [...failures.values()];
    if (all.length === relays.length) {
      const message = all.map(messageOf).join('; ');
      const delays = all.filter((error) => error instanceof RetryLater).map(({ delayMs }) => delayMs);
      throw delays.length > 0 ? new RetryLater(message, Math.min(...delays)) : new Error(message);
    }
    for (const [relay, error] of failures) {
      if (!down.has(relay)) notices.warn(`${messageOf(error)}; the other relays are read, this one catches up later`);
      down.add(relay);
    }
    for (const relay of down) if (!failures.has(relay)) down.delete(relay);
  }

  return {
    pages,
    async [Symbol.asyncDispose]() {
      await Promise.all(relays.map((relay) => relay[Symbol.asyncDispose]()));
    },
  };
}

/** Drops relays that are no longer configured. */
function onlyOf(urls: readonly string[], position: Position): Position {
  return { ...position, relays: new Map([...position.relays].filter(([url]) => urls.includes(url))) };
}

function isStale(before: Position, after: Position): boolean {
  return [...after.relays].some(([url, { readTo }]) => readTo - (before.relays.get(url)?.readTo ?? 0) > staleSeconds);
}
