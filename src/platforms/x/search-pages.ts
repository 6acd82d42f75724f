import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Client } from './client.ts';
import { costOfPosts, type Money, paid } from './money.ts';
import { Posts } from './wire.ts';

/** A timeline that X lists newest first, page by page. */
export interface Source {
  /** Names the rate limit: `search`, `mentions`. */
  readonly name: string;
  readonly path: string;
  readonly query: Record<string, string>;
  /** The parameter for the `next_token` of the page before. */
  readonly tokenKey: 'next_token' | 'pagination_token';
  /** Price of a post. */
  readonly price: number;
}

/** Posts after `since` and before `until`; both are ids, exclusive. */
export interface Span {
  readonly since: string;
  readonly until: string;
}

/** What was read of a span from one source so far, newest first. */
interface Fetched {
  readonly posts: unknown[];
  readonly users: unknown[];
  /** `meta.newest_id` of the first page: where the next poll begins. Undefined: the span is empty. */
  newest: string | undefined;
  /** Of the next page. */
  token: string | undefined;
  done: boolean;
}

interface PaginationOptions {
  readonly money: Money;
  readonly authors: boolean;
}

export interface PageOptions {
  readonly pageSize: number;
  readonly firstPageOnly: boolean;
  readonly signal: AbortSignal;
}

const smallestPage = 10;

/** A span that is being read. */
interface Attempt {
  readonly span: Span;
  readonly bySource: Map<Source, Fetched>;
}

/**
 * Reads a span from all sources. X lists the newest first, so nothing of a span is delivered before all of it is read. If the budget or a rate
 * limit interrupts it, the pages that were paid for are kept, and the next call continues with the same span, so that all sources are read up
 * to the same post. `paginate` returns the span that was read.
 */
export function openPagination(client: Client, sources: readonly Source[], options: PaginationOptions) {
  let attempt: Attempt | undefined;
  return async function paginate(wanted: Span, { pageSize, firstPageOnly, signal }: PageOptions) {
    if (attempt?.span.since !== wanted.since || attempt.bySource.size === 0)
      attempt = { span: wanted, bySource: new Map() };
    const { span, bySource } = attempt;
    for (const source of sources) {
      const fetched = bySource.get(source) ?? nothingYet();
      while (!fetched.done) {
        const page = await readPage(client, source, { ...options, span, token: fetched.token, pageSize, signal }).catch(
          (error: unknown) => {
            // X may reject an old page token: then read the span from its beginning.
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
    return { span, fetched: [...bySource.values()] };
  };
}

function nothingYet(): Fetched {
  return { posts: [], users: [], newest: undefined, token: undefined, done: false };
}

export type Pagination = ReturnType<typeof openPagination>;

interface PageRequest extends Pick<PageOptions, 'pageSize' | 'signal'> {
  readonly span: Span;
  readonly token: string | undefined;
}

/** Reads one page, smaller if the budget is short. */
async function readPage(
  client: Client,
  source: Source,
  { span, token, money, pageSize, authors, signal }: PaginationOptions & PageRequest,
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
    let requested = false;
    const request = async () => {
      requested = true;
      return (await client.get({ name: source.name, path: source.path, query }, Posts, signal)).body;
    };
    try {
      return await paid(money, size * (source.price + user), request, (body) => costOfPosts(body, source.price, user));
    } catch (error) {
      if (requested || !(error instanceof RetryLater) || size <= smallestPage) throw error;
    }
  }
}
