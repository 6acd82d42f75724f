import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Client } from './client.ts';
import { costOfPosts, type Money, paid } from './money.ts';
import { Posts } from './wire.ts';

/** A timeline that X tells newest first, page by page. */
export interface Source {
  /** As rate limits count it: `search`, `mentions`. */
  readonly name: string;
  readonly path: string;
  readonly query: Record<string, string>;
  /** What takes the `next_token` of the page before. */
  readonly tokenKey: 'next_token' | 'pagination_token';
  /** What a post costs there. */
  readonly price: number;
}

/** Posts after `since` and before `until`, both ids. */
export interface Span {
  readonly since: string;
  readonly until: string;
}

/** What was read of a span, newest first. */
export interface Fetched {
  readonly posts: unknown[];
  readonly users: unknown[];
  /** `meta.newest_id` of the first page: where the next look begins. Undefined: nothing was there. */
  newest: string | undefined;
}

export interface Purchase {
  readonly money: Money;
  readonly pageSize: number;
  readonly authors: boolean;
}

const smallestPage = 10;

interface Unfinished extends Fetched {
  token: string | undefined;
  done: boolean;
}

/** A span that is being read, with what was read of it so far. */
interface Attempt {
  readonly span: Span;
  readonly bySource: Map<Source, Unfinished>;
}

/**
 * Reads spans of all sources. X begins with the newest, so a span is read whole before anything of it is told. Where money or a rate limit
 * ends that on its way, what was read and paid for is kept, and the next call goes on from there: with the span as it was, so that all
 * sources are read up to the same post. Returns the span that was read.
 */
export function openWalker(client: Client, sources: readonly Source[], purchase: Purchase) {
  let attempt: Attempt | undefined;
  return async function paginate(
    wanted: Span,
    { firstPageOnly, signal }: { firstPageOnly: boolean; signal: AbortSignal },
  ) {
    if (attempt?.span.since !== wanted.since || attempt.bySource.size === 0)
      attempt = { span: wanted, bySource: new Map() };
    const { span, bySource } = attempt;
    for (const source of sources) {
      const fetched = bySource.get(source) ?? {
        posts: [],
        users: [],
        newest: undefined,
        token: undefined,
        done: false,
      };
      while (!fetched.done) {
        const page = await readPage(client, source, { span, token: fetched.token, ...purchase, signal }).catch(
          (error: unknown) => {
            // X may refuse the token of a page that it gave long ago: then the span is read from its beginning.
            if (error instanceof PermanentError && fetched.token !== undefined) attempt = undefined;
            throw error;
          },
        );
        fetched.posts.push(...page.data);
        fetched.users.push(...page.includes.users);
        fetched.newest ??= page.meta.newest_id;
        fetched.token = page.meta.next_token;
        fetched.done = fetched.token === undefined || firstPageOnly;
        bySource.set(source, fetched);
      }
    }
    attempt = undefined;
    return { span, fetched: [...bySource.values()] as readonly Fetched[] };
  };
}

export type Pagination = ReturnType<typeof openWalker>;

interface Ask {
  readonly span: Span;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

/** As many posts as there is money for. */
async function readPage(
  client: Client,
  source: Source,
  { span, token, money, pageSize, authors, signal }: Purchase & Ask,
): Promise<Posts> {
  const user = authors ? money.prices.user : 0;
  for (let size = pageSize; ; size = Math.max(smallestPage, Math.floor(size / 2))) {
    const query = {
      ...source.query,
      since_id: span.since,
      until_id: span.until,
      max_results: size,
      ...(token !== undefined && { [source.tokenKey]: token }),
    };
    let asked = false;
    const ask = async () => {
      asked = true;
      return (await client.get({ name: source.name, path: source.path, query }, Posts, signal)).body;
    };
    try {
      return await paid(money, size * (source.price + user), ask, (body) => costOfPosts(body, source.price, user));
    } catch (error) {
      if (asked || !(error instanceof RetryLater) || size <= smallestPage) throw error;
    }
  }
}
