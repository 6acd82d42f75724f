import { RetryLater } from '../../core/errors.ts';
import { type Change, type Page, postKey } from '../../core/post.ts';
import type { StoredPost } from '../platform.ts';
import type { Client } from './client.ts';
import { costOfPosts, type Money, paid } from './money.ts';
import { type Account, contentOf, readItem, usersIn } from './to-post.ts';
import { fieldsOf, Posts, Tweet } from './wire.ts';

const idsPerRequest = 100;

interface LookupOptions {
  readonly client: Client;
  readonly money: Money;
  readonly account: Account;
  readonly signal: AbortSignal;
}

export type Findings = Pick<Page, 'rejects'> & { readonly changes: readonly Change[] };

/**
 * Looks posts up again. A post that is deleted or no longer public becomes a deletion, one with a newer version an edit. A post that X does
 * not mention is left as it is.
 */
export async function* recheck(storedPosts: readonly StoredPost[], options: LookupOptions): AsyncGenerator<Findings> {
  for (let i = 0; i < storedPosts.length; i += idsPerRequest) {
    const batch = storedPosts.slice(i, i + idsPerRequest);
    const byVersion = new Map(batch.map((post) => [post.native?.['version'] ?? post.id, post]));
    const { data, errors } = await lookUp([...byVersion.keys()], options, { authors: false });
    const missing = errors.filter(isMissing).flatMap(({ resource_id: id }) => byVersion.get(id ?? '') ?? []);
    const deletions = missing.map(({ id }): Change => ({ kind: 'delete', key: postKey('x', id) }));
    const newer = data.flatMap((raw) => newestVersion(raw) ?? []);
    const edits = newer.length === 0 ? nothing : await readEdits(newer, options);
    yield { changes: [...deletions, ...edits.changes], rejects: edits.rejects };
  }
}

const nothing: Findings = { changes: [], rejects: [] };

function isMissing({ type }: Posts['errors'][number]): boolean {
  return /\/(resource-not-found|not-authorized-for-resource)$/.test(type);
}

/** The id of a newer version, if there is one. */
function newestVersion(raw: unknown): string | undefined {
  const parsed = Tweet.pick({ id: true, edit_history_tweet_ids: true }).safeParse(raw).data;
  const newest = parsed?.edit_history_tweet_ids.at(-1);
  return newest === parsed?.id ? undefined : newest;
}

async function readEdits(ids: readonly string[], options: LookupOptions): Promise<Findings> {
  const { data, includes } = await lookUp(ids, options, { authors: true });
  const users = usersIn(includes.users);
  return contentOf(data.map((raw) => readItem(raw, users, options.account)));
}

/** Reads posts by id; missing ones are among the errors. */
async function lookUp(
  ids: readonly string[],
  { client, money, signal }: Omit<LookupOptions, 'account'>,
  { authors }: { authors: boolean },
): Promise<Posts> {
  const { read, user } = money.prices;
  const perUser = authors ? user : 0;
  const query = { ids: ids.join(','), ...fieldsOf({ authors }) };
  const request = async () => (await client.get({ name: 'lookup', path: 'tweets', query }, Posts, signal)).body;
  return await paid(money, ids.length * (read + perUser), request, (body) => costOfPosts(body, read, perUser));
}

/** One post as it is now; undefined: it is deleted or not public. Errors: RetryLater if X does not say. */
export async function lookUpOne(id: string, options: Omit<LookupOptions, 'account'>): Promise<Tweet | undefined> {
  const { data, errors } = await lookUp([id], options, { authors: false });
  if (data.length > 0) return Tweet.parse(data[0]);
  if (errors.some(isMissing)) return undefined;
  throw new RetryLater(`X did not answer about post ${id}`, retryMs);
}

const retryMs = 60_000;
