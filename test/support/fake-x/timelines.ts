import { invalid } from './problems.ts';
import { parseQuery } from './query.ts';
import { compare, type FakeTweet } from './store.ts';

interface Terms {
  readonly now: number;
  readonly least: number;
  readonly tokenKey: 'next_token' | 'pagination_token';
  readonly known: readonly string[];
}

const epochMs = 1_288_834_974_657n;
const sevenDaysMs = 7 * 86_400_000;
const fields = ['tweet.fields', 'user.fields', 'media.fields', 'expansions'];

/** Errors: 400 for a parameter that the endpoint does not have. */
export function refuseUnknown(query: URLSearchParams, known: readonly string[]): void {
  for (const name of query.keys())
    if (!known.includes(name))
      throw invalid(`The query parameter [${name}] is not one of [${known.join(',')}]`, { [name]: [] });
}

/** A page of what matches, newest first, with what `meta` says of it. */
export function pageOf(matching: readonly FakeTweet[], query: URLSearchParams, { now: _, ...terms }: Terms) {
  refuseUnknown(query, [...fields, ...terms.known, 'max_results', 'since_id', 'until_id', terms.tokenKey]);
  const size = Number(query.get('max_results') ?? 10);
  if (!Number.isInteger(size) || size < terms.least || size > 100)
    throw invalid(
      `The \`max_results\` query parameter value [${query.get('max_results')}] is not between ${terms.least} and 100`,
    );
  const [since, until] = ['since_id', 'until_id'].map((name) => idIn(query, name));
  const offered = matching.filter(
    ({ id }) => (since === undefined || compare(id, since) > 0) && (until === undefined || compare(id, until) < 0),
  );
  const before = tokenIn(query, terms.tokenKey);
  const rest = before === undefined ? offered : offered.filter(({ id }) => compare(id, before) < 0);
  const page = rest.slice(0, size);
  const [newest, oldest] = [page[0], page.at(-1)];
  const meta = {
    result_count: page.length,
    ...(newest && oldest && { newest_id: newest.id, oldest_id: oldest.id }),
    ...(rest.length > size && { next_token: tokenFor(query, oldest?.id ?? '') }),
  };
  return { page, meta };
}

/** What recent search takes, and what of these posts it finds. Errors: 400. */
export function search(tweets: readonly FakeTweet[], query: URLSearchParams, now: number): FakeTweet[] {
  const match = parseQuery(query.get('query') ?? '', 512);
  const since = idIn(query, 'since_id');
  const oldest = String((BigInt(now - sevenDaysMs) - epochMs) << 22n);
  if (since !== undefined && compare(since, oldest) < 0)
    throw invalid(
      `'since_id' must be a tweet id created after [${new Date(now - sevenDaysMs).toISOString()}]. Please use a 'since_id' that is larger than ${oldest}`,
      { since_id: [since] },
    );
  return tweets.filter((tweet) => compare(tweet.id, oldest) > 0 && match(tweet));
}

function idIn(query: URLSearchParams, name: string): string | undefined {
  const id = query.get(name);
  if (id === null) return undefined;
  if (!/^\d{1,19}$/.test(id)) throw invalid(`The \`${name}\` query parameter value [${id}] is not valid`);
  return id;
}

/** A token goes on only with the question that it was given for. */
function tokenFor(query: URLSearchParams, before: string): string {
  return Buffer.from(JSON.stringify([questionOf(query), before])).toString('base64url');
}

function tokenIn(query: URLSearchParams, key: string): string | undefined {
  const token = query.get(key);
  if (token === null) return undefined;
  const [question, before] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [string, string];
  if (question !== questionOf(query)) throw invalid(`The \`${key}\` query parameter value [${token}] is not valid`);
  return before;
}

function questionOf(query: URLSearchParams): string {
  return ['query', 'since_id', 'until_id'].map((name) => query.get(name)).join('|');
}
