import { RetryLater } from '../../core/errors.ts';
import { type Change, type Page, postKey, type Reject } from '../../core/post.ts';
import type { StoredPost } from '../platform.ts';
import type { Client } from './client.ts';
import { costOfPosts, type Money, paid } from './money.ts';
import { type Account, readItem, usersIn } from './to-post.ts';
import { fieldsOf, Posts, Tweet } from './wire.ts';

/** Ids a request. */
const most = 100;

interface Terms {
  readonly client: Client;
  readonly money: Money;
  readonly account: Account;
  readonly signal: AbortSignal;
}

export type Findings = Pick<Page, 'rejects'> & { readonly changes: readonly Change[] };

/**
 * Looks posts up again: those that are no longer there, or no longer public, are told as deleted, those with a newer version as edited.
 * What X does not answer for is left as it is.
 */
export async function* recheck(storedPosts: readonly StoredPost[], terms: Terms): AsyncGenerator<Findings> {
  for (let i = 0; i < storedPosts.length; i += most) {
    const batch = storedPosts.slice(i, i + most);
    const byVersion = new Map(batch.map((post) => [post.native?.['version'] ?? post.id, post]));
    const { data, errors } = await lookUp([...byVersion.keys()], terms, { authors: false });
    const gone = errors.filter(isGone).flatMap(({ resource_id: id }) => byVersion.get(id ?? '') ?? []);
    const deletions = gone.map(({ id }): Change => ({ kind: 'delete', key: postKey('x', id) }));
    const newer = data.flatMap((raw) => newestVersion(raw) ?? []);
    const edits = newer.length === 0 ? nothing : await readEdits(newer, terms);
    yield { changes: [...deletions, ...edits.changes], rejects: edits.rejects };
  }
}

const nothing: Findings = { changes: [], rejects: [] };

function isGone({ type }: Posts['errors'][number]): boolean {
  return /\/(resource-not-found|not-authorized-for-resource)$/.test(type);
}

/** The version that took the place of this one, if any did. */
function newestVersion(raw: unknown): string | undefined {
  const parsed = Tweet.pick({ id: true, edit_history_tweet_ids: true }).safeParse(raw).data;
  const newest = parsed?.edit_history_tweet_ids.at(-1);
  return newest === parsed?.id ? undefined : newest;
}

async function readEdits(ids: readonly string[], terms: Terms): Promise<Findings> {
  const { data, includes } = await lookUp(ids, terms, { authors: true });
  const users = usersIn(includes.users);
  const items = data.map((raw) => readItem(raw, users, terms.account));
  return {
    changes: items.flatMap((item): Change[] => ('change' in item ? [item.change] : [])),
    rejects: items.flatMap((item): Reject[] => ('reject' in item ? [item.reject] : [])),
  };
}

/** Posts by their ids; those that are missing are among the errors. */
async function lookUp(
  ids: readonly string[],
  { client, money, signal }: Omit<Terms, 'account'>,
  { authors }: { authors: boolean },
): Promise<Posts> {
  const { read, user } = money.prices;
  const perUser = authors ? user : 0;
  const query = { ids: ids.join(','), ...fieldsOf({ authors }) };
  const ask = async () => (await client.get({ name: 'lookup', path: 'tweets', query }, Posts, signal)).body;
  return await paid(money, ids.length * (read + perUser), ask, (body) => costOfPosts(body, read, perUser));
}

/** One post as it is now; undefined: it is not there, or not for everybody. Errors: RetryLater where X does not say. */
export async function lookUpOne(id: string, terms: Omit<Terms, 'account'>): Promise<Tweet | undefined> {
  const { data, errors } = await lookUp([id], terms, { authors: false });
  if (data.length > 0) return Tweet.parse(data[0]);
  if (errors.some(isGone)) return undefined;
  throw new RetryLater(`X says nothing of post ${id}`, silentMs);
}

const silentMs = 60_000;
