import { PermanentError } from '../../core/errors.ts';
import type { Call } from './client.ts';
import type { XFeed } from './config.ts';
import { type Reader, readPosts } from './money.ts';
import { maxQueryLength, queriesFor } from './queries.ts';
import { fieldsOf, type Includes } from './wire.ts';

/** A timeline that X lists newest first, page by page. */
interface Source {
  /** Names the rate limit: `search`, `mentions`. */
  readonly name: string;
  readonly path: string;
  readonly query: Record<string, string>;
  /** The parameter for the `next_token` of the page before. */
  readonly tokenKey: 'next_token' | 'pagination_token';
  /** Price of a post. */
  readonly price: number;
  readonly reader: Reader;
}

/** Posts after `since` and before `until`; both are ids, exclusive. */
export interface Span {
  readonly since: string;
  readonly until: string;
}

/** What was read of a span from one source so far, newest first. */
interface Fetched {
  readonly posts: unknown[];
  readonly includes: Includes;
  /** `meta.newest_id` of the first page: where the next poll begins. Undefined: the span is empty. */
  newest: string | undefined;
  /** Of the next page. */
  token: string | undefined;
  done: boolean;
}

export interface PageOptions {
  readonly pageSize: number;
  readonly firstPageOnly: boolean;
  readonly signal: AbortSignal;
}

const smallestPage = 10;

export type Pagination = ReturnType<typeof openPagination>;

/**
 * Reads a span from all sources. X lists the newest first, so nothing of a span is delivered before all of it is read. If the budget or a rate
 * limit interrupts it, the pages that were paid for are kept, and the next call continues with the same span, so that all sources are read up
 * to the same post. `paginate` returns the span that was read.
 */
export function openPagination(reader: Reader, owner: Reader | undefined, config: XFeed) {
  const sources = sourcesOf(config, reader, owner);
  const user = config.authors ? config.prices.user : 0;
  let attempt: { readonly span: Span; readonly bySource: Map<Source, Fetched> } | undefined;
  return async function paginate(wanted: Span, { pageSize, firstPageOnly, signal }: PageOptions) {
    if (attempt?.span.since !== wanted.since || attempt.bySource.size === 0)
      attempt = { span: wanted, bySource: new Map() };
    const { span, bySource } = attempt;
    for (const source of sources) {
      const nothingYet: Fetched = {
        posts: [],
        includes: { users: [], media: [] },
        newest: undefined,
        token: undefined,
        done: false,
      };
      const fetched = bySource.get(source) ?? nothingYet;
      while (!fetched.done) {
        const call = (size: number) => callFor(source, span, size, fetched.token);
        const request = { call, most: pageSize, least: smallestPage, price: source.price, user };
        const page = await readPosts(source.reader, request, signal).catch((error: unknown) => {
          // X may reject an old page token: then read the span from its beginning.
          if (error instanceof PermanentError && fetched.token !== undefined) attempt = undefined;
          throw error;
        });
        fetched.posts.push(...page.data);
        fetched.includes.users.push(...page.includes.users);
        fetched.includes.media.push(...page.includes.media);
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

function callFor({ name, path, query, tokenKey }: Source, { since, until }: Span, size: number, token?: string): Call {
  const page = {
    since_id: since,
    until_id: until,
    max_results: size,
    ...(token !== undefined && { [tokenKey]: token }),
  };
  return { name, path, query: { ...query, ...page } };
}

/** `owner` reads with the keys of the account: only then are its mentions cheaper than what search finds. */
function sourcesOf(config: XFeed, reader: Reader, owner: Reader | undefined): Source[] {
  const { account, prices } = config;
  const fields = fieldsOf(config);
  const searches = queriesFor(config, maxQueryLength, { mentions: owner === undefined }).map((query): Source => ({
    name: 'search',
    path: 'tweets/search/recent',
    query: { query, ...fields },
    tokenKey: 'next_token',
    price: prices.read,
    reader,
  }));
  if (account === undefined || owner === undefined) return searches;
  const path = `users/${account.id}/mentions`;
  const price = prices.ownedRead;
  return [...searches, { name: 'mentions', path, query: fields, tokenKey: 'pagination_token', price, reader: owner }];
}
