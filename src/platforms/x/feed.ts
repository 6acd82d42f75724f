import { z } from 'zod';
import { messageOf } from '../../core/errors.ts';
import type { Change, Cursor, Page, Post, Reject } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { openClient, type Ways } from './client.ts';
import type { XFeed } from './config.ts';
import type { Money } from './money.ts';
import { maxQueryLength, queriesFor } from './queries.ts';
import { recheck } from './recheck.ts';
import { compareIds, fieldsOf, idAt, timeOf, TweetId } from './wire.ts';
import { type Item, readItem, usersIn } from './to-post.ts';
import { openWalker, type Source, type Span, type Pagination } from './search-pages.ts';

const hourMs = 3_600_000;
/** X's index is so far behind: what is younger may still be joined by older posts. */
const lagMs = 30_000;
/** Recent search goes back seven days and refuses what is older, by its own clock. */
const reachMs = 7 * 24 * hourMs - 60 * 60_000;
/** A long time is caught up with in pieces, so that posts come in order and no piece is large. */
const pieceMs = hourMs;
/** Posts a page. */
const most = 100;
/** Posts that are looked up again at a time. */
const mostRechecked = 1000;

export function openFeed(config: XFeed, context: DriverContext, ways: Ways): Feed & AsyncDisposable {
  const { clock, notices, budget } = context;
  const client = openClient(config.bearerToken.reveal(), { clock, ...ways });
  const money: Money = { budget, caps: config.budget, prices: config.prices };
  const walkerOf = (pageSize: number) =>
    openWalker(client, sourcesOf(config), { money, pageSize, authors: config.authors });
  const [paginate, walkFirst] = [walkerOf(config.pageSize), walkerOf(config.firstRunPosts)];

  /** The latest posts, no more than one page of each source. */
  async function* firstLook(signal: AbortSignal): AsyncGenerator<Page> {
    const [now, until] = [clock.now(), idAt(clock.now() - lagMs)];
    const since = idAt(now - Math.min(config.firstRun, reachMs));
    const { items, newest } = await readSpan(walkFirst, { since, until }, { config, firstPageOnly: true, signal });
    const place = { since: newest ?? behind(until, since), recheckedAt: now };
    yield* pagesOf(items.slice(-config.firstRunPosts), place, since);
  }

  /** Piece by piece, from the oldest. A span that was begun before is ended as it was: the next piece begins behind it. */
  async function* fresh(from: Place, signal: AbortSignal): AsyncGenerator<Page, Place> {
    const until = idAt(clock.now() - lagMs);
    let place = from;
    for (let piece = pieceOf(place.since, until); piece !== undefined;) {
      const { items, newest, span } = await readSpan(paginate, piece, { config, firstPageOnly: false, signal });
      const isLast = span.until === until;
      const since = isLast ? (newest ?? behind(until, span.since)) : before(span.until);
      if (since !== place.since || items.length > 0) {
        place = { ...place, since };
        yield* pagesOf(items, place, span.since);
      }
      piece = isLast ? undefined : pieceOf(since, until);
    }
    return place;
  }

  async function* compliance(place: Place, signal: AbortSignal): AsyncGenerator<Page> {
    const now = clock.now();
    if (context.storedPosts === undefined || now - place.recheckedAt < config.recheck) return;
    const posts = await context.storedPosts(mostRechecked);
    try {
      for await (const findings of recheck(posts, { client, money, account: config.account, signal }))
        yield { posts: [], ...findings, cursor: writePlace(place) };
    } catch (error) {
      signal.throwIfAborted();
      // New posts are not to wait for this.
      notices.warn(`whether kept posts still stand is asked again in an hour: ${messageOf(error)}`);
      yield { posts: [], rejects: [], cursor: writePlace({ ...place, recheckedAt: now - config.recheck + hourMs }) };
      return;
    }
    yield { posts: [], rejects: [], cursor: writePlace({ ...place, recheckedAt: now }) };
  }

  return {
    async *pages(after, signal) {
      signal.throwIfAborted();
      const known = readPlace(after);
      if (known === undefined) {
        yield* firstLook(signal);
        return;
      }
      const oldest = idAt(clock.now() - reachMs);
      const isLost = compareIds(known.since, oldest) < 0;
      if (isLost) notices.warn(`X is searched seven days back at most: what was posted before ${at(oldest)} is missed`);
      const place = yield* fresh(isLost ? { ...known, since: oldest } : known, signal);
      yield* compliance(place, signal);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function at(id: string): string {
  return new Date(timeOf(id)).toISOString();
}

function sourcesOf(config: XFeed): Source[] {
  const fields = fieldsOf(config);
  const searches = queriesFor(config, maxQueryLength).map((query): Source => ({
    name: 'search',
    path: 'tweets/search/recent',
    query: { query, ...fields },
    tokenKey: 'next_token',
    price: config.prices.read,
  }));
  if (config.account === undefined) return searches;
  const mentions: Source = {
    name: 'mentions',
    path: `users/${config.account.id}/mentions`,
    query: fields,
    tokenKey: 'pagination_token',
    price: config.prices.ownedRead,
  };
  return [...searches, mentions];
}

/** The oldest piece of what is between. What is left at the end may be two pieces long: where nothing was missed, one request does. */
function pieceOf(since: string, until: string): Span | undefined {
  if (compareIds(since, before(until)) >= 0) return undefined;
  const end = later(since, pieceMs);
  return { since, until: compareIds(later(end, pieceMs), until) < 0 ? end : until };
}

/** Neither end of a span is part of it. */
function before(id: string): string {
  return String(BigInt(id) - 1n);
}

function later(id: string, ms: number): string {
  return idAt(timeOf(id) + ms);
}

/** Where nothing was found the place stays, but does not fall behind by hours: X must still know it next time. */
function behind(until: string, since: string): string {
  const floor = later(until, -pieceMs);
  return compareIds(later(since, pieceMs), floor) < 0 ? floor : since;
}

interface Found {
  /** By id, each once. */
  readonly items: readonly Item[];
  readonly newest: string | undefined;
  readonly span: Span;
}

async function readSpan(
  paginate: Pagination,
  wanted: Span,
  { config, ...how }: { config: XFeed; firstPageOnly: boolean; signal: AbortSignal },
): Promise<Found> {
  const { span, fetched } = await paginate(wanted, how);
  const byId = new Map<string, Item>();
  const nameless: Item[] = [];
  for (const { posts, users: raw } of fetched) {
    const users = usersIn(raw);
    for (const item of posts.map((one) => readItem(one, users, config.account))) {
      if (item.id === undefined) nameless.push(item);
      else if (!byId.has(item.id)) byId.set(item.id, item);
    }
  }
  const ordered = [...byId.values()].toSorted((a, b) => compareIds(a.id ?? '', b.id ?? ''));
  const newest = fetched
    .flatMap((one) => one.newest ?? [])
    .toSorted(compareIds)
    .at(-1);
  return { items: [...nameless, ...ordered.filter((item) => !isOwn(item, config))], newest, span };
}

/** What the bot wrote needs no answer. */
function isOwn(item: Item, { account }: XFeed): boolean {
  const post =
    'post' in item ? item.post : 'change' in item && item.change.kind === 'edit' ? item.change.post : undefined;
  return account !== undefined && post?.author.id === account.id;
}

/** The last page's cursor is the place behind all; those before stand behind their own last post. */
function* pagesOf(items: readonly Item[], place: Place, from: string): Iterable<Page> {
  let since = from;
  for (let i = 0; i < items.length || i === 0; i += most) {
    const some = items.slice(i, i + most);
    since = i + most >= items.length ? place.since : (some.at(-1)?.id ?? since);
    yield {
      posts: some.flatMap((item): Post[] => ('post' in item ? [item.post] : [])),
      changes: some.flatMap((item): Change[] => ('change' in item ? [item.change] : [])),
      rejects: some.flatMap((item): Reject[] => ('reject' in item ? [item.reject] : [])),
      cursor: writePlace({ ...place, since }),
    };
  }
}

/** How far X has been read. */
interface Place {
  /** Everything up to this post was read, by search and mentions alike. */
  readonly since: string;
  /** When kept posts were last looked up, in milliseconds since the Unix epoch. */
  readonly recheckedAt: number;
}

const Written = z.object({ since: TweetId, recheckedAt: z.number() });

/** Undefined: the first look. */
function readPlace(cursor: Cursor | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    return Written.safeParse(JSON.parse(cursor)).data;
  } catch {
    return undefined;
  }
}

function writePlace({ since, recheckedAt }: Place): Cursor {
  return JSON.stringify({ since, recheckedAt });
}
