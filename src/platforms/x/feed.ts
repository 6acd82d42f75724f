import { z } from 'zod';
import { dayMs, hourMs } from '../../core/durations.ts';
import { messageOf } from '../../core/errors.ts';
import { jsonIn } from '../shared/parse-json.ts';
import type { Cursor, Page } from '../../core/post.ts';
import type { DriverContext, Feed } from '../platform.ts';
import { Client, ownKeysOf, type Transport } from './client.ts';
import type { XFeed } from './config.ts';
import { openCharged, type Reader } from './money.ts';
import { recheck } from './recheck.ts';
import { compareIds, idAt, timeOf, TweetId } from './wire.ts';
import { besideIn, contentOf, type Item, readItem } from './to-post.ts';
import { openPagination, type PageOptions, type Pagination, type Span } from './search-pages.ts';

/** X's search index may still receive older posts within this time. */
const lagMs = 30_000;
/** Recent search goes back seven days by X's own clock and rejects older times. */
const reachMs = 7 * dayMs - hourMs;
/** The feed catches up in spans of this length, so that posts come in order and no span is large. */
const spanMs = hourMs;
const postsPerPage = 100;
/** Posts looked up again at a time. */
const maxRechecked = 1000;

/** Searches the recent posts, and reads the mentions of the bot's account. */
export class SearchFeed implements Feed, AsyncDisposable {
  readonly #config: XFeed;
  readonly #context: DriverContext;
  readonly #reader: Reader;
  readonly #paginate: Pagination;

  constructor(config: XFeed, context: DriverContext, transport: Transport) {
    this.#config = config;
    this.#context = context;
    const client = new Client(config.bearerToken.reveal(), context, transport);
    const { budget: caps, prices } = config;
    const money = { budget: context.budget, caps, prices, charged: openCharged(context.clock, prices.onceADay) };
    this.#reader = { client, money };
    const keys = ownKeysOf(config);
    const owner = keys === undefined ? undefined : { client: new Client(keys, context, transport), money };
    this.#paginate = openPagination(this.#reader, owner, config);
  }

  async *pages(after: Cursor | undefined, signal: AbortSignal): AsyncGenerator<Page> {
    signal.throwIfAborted();
    const known = Position.safeParse(jsonIn(after)).data;
    if (known === undefined) {
      yield* this.#latestPosts(signal);
      return;
    }
    const oldest = idAt(this.#context.clock.now() - reachMs);
    const isLost = compareIds(known.since, oldest) < 0;
    const from = new Date(timeOf(oldest)).toISOString();
    if (isLost) this.#context.notices.warn(`X’s search goes back seven days: posts before ${from} are missed`);
    const position = yield* this.#newPosts(isLost ? { ...known, since: oldest } : known, signal);
    yield* this.#compliance(position, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** The first poll: the latest posts, at most one page of each source. */
  async *#latestPosts(signal: AbortSignal): AsyncGenerator<Page> {
    const { firstRun, firstRunPosts: pageSize } = this.#config;
    const now = this.#context.clock.now();
    const [since, until] = [idAt(now - Math.min(firstRun, reachMs)), idAt(now - lagMs)];
    const { items, newest } = await this.#read({ since, until }, { pageSize, firstPageOnly: true, signal });
    const position = { since: newest ?? sinceWhenEmpty(until, since), recheckedAt: now };
    yield* pagesOf(items.slice(-pageSize), position, since);
  }

  /** Reads new posts span by span, the oldest first. A span that was interrupted is finished first, with its old bounds. */
  async *#newPosts(from: Position, signal: AbortSignal): AsyncGenerator<Page, Position> {
    const how = { pageSize: this.#config.pageSize, firstPageOnly: false, signal };
    const until = idAt(this.#context.clock.now() - lagMs);
    let position = from;
    for (let next = nextSpan(position.since, until); next !== undefined;) {
      const { items, newest, span } = await this.#read(next, how);
      const isLast = span.until === until;
      const since = isLast ? (newest ?? sinceWhenEmpty(until, span.since)) : before(span.until);
      if (since !== position.since || items.length > 0) {
        position = { ...position, since };
        yield* pagesOf(items, position, span.since);
      }
      next = isLast ? undefined : nextSpan(since, until);
    }
    return position;
  }

  /** Reads a span: each id once, in order. */
  async #read(wanted: Span, options: PageOptions) {
    const { account } = this.#config;
    const { span, fetched } = await this.#paginate(wanted, options);
    const read = fetched.flatMap(({ posts, includes }) => {
      const beside = besideIn(includes);
      return posts.map((one) => readItem(one, beside, account));
    });
    const ordered = read.toSorted((a, b) => compareIds(a.id ?? '', b.id ?? ''));
    const isRepeated = ({ id }: Item, index: number) => id !== undefined && id === ordered[index - 1]?.id;
    const isOwn = (item: Item) => 'post' in item && item.post.author.id === account?.id;
    const items = ordered.filter((item, index) => !isRepeated(item, index) && !isOwn(item));
    const newest = fetched.flatMap((one) => one.newest ?? []).toSorted(compareIds);
    return { items, newest: newest.at(-1), span };
  }

  /** Looks stored posts up again, so that deleted ones are purged. */
  async *#compliance(position: Position, signal: AbortSignal): AsyncGenerator<Page> {
    const { clock, notices, storedPosts } = this.#context;
    const { account, altTexts, recheck: everyMs } = this.#config;
    const now = clock.now();
    if (storedPosts === undefined || now - position.recheckedAt < everyMs) return;
    const posts = await storedPosts(maxRechecked);
    let recheckedAt = now;
    try {
      for await (const findings of recheck(posts, { ...this.#reader, account, altTexts }, signal))
        yield { ...findings, cursor: JSON.stringify(position) };
    } catch (error) {
      signal.throwIfAborted();
      // New posts must not wait for this.
      notices.warn(`stored posts could not be rechecked, next try in an hour: ${messageOf(error)}`);
      recheckedAt = now - everyMs + hourMs;
    }
    yield { posts: [], rejects: [], cursor: JSON.stringify({ ...position, recheckedAt }) };
  }
}

/** The oldest span between two posts. The last one may have double length, so that one request does after a short pause. */
function nextSpan(since: string, until: string): Span | undefined {
  if (compareIds(since, before(until)) >= 0) return undefined;
  const end = later(since, spanMs);
  return { since, until: compareIds(later(end, spanMs), until) < 0 ? end : until };
}

/** The id before, because both ends of a span are exclusive. */
function before(id: string): string {
  return String(BigInt(id) - 1n);
}

function later(id: string, ms: number): string {
  return idAt(timeOf(id) + ms);
}

/** Where to go on if nothing was found: the same post, but not hours back, because X forgets old ids. */
function sinceWhenEmpty(until: string, since: string): string {
  const floor = later(until, -spanMs);
  return compareIds(later(since, spanMs), floor) < 0 ? floor : since;
}

/** The last page has the cursor behind the whole span; each page before has one behind its own last post. */
function* pagesOf(items: readonly Item[], position: Position, from: string): Iterable<Page> {
  let since = from;
  for (let i = 0; i < items.length || i === 0; i += postsPerPage) {
    const some = items.slice(i, i + postsPerPage);
    since = i + postsPerPage >= items.length ? position.since : (some.at(-1)?.id ?? since);
    yield { ...contentOf(some), cursor: JSON.stringify({ ...position, since }) };
  }
}

/** A cursor, as JSON. */
const Position = z.object({
  /** All posts up to this id were read, in search and mentions alike. */
  since: TweetId,
  /** When stored posts were last looked up, in milliseconds since the Unix epoch. */
  recheckedAt: z.number(),
});
type Position = z.infer<typeof Position>;
