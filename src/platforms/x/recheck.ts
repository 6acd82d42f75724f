import { RetryLater } from '../../core/errors.ts';
import { type Change, type Page, postKey } from '../../core/post.ts';
import type { StoredPost } from '../platform.ts';
import { type Reader, readPosts } from './money.ts';
import { type Account, besideIn, contentOf, nothingBeside, readItem } from './to-post.ts';
import { fieldsOf, type Posts, Tweet, type Wanted } from './wire.ts';

const idsPerRequest = 100;
const retryMs = 60_000;

const postsAlone: Wanted = { authors: false, altTexts: false };

/**
 * Looks posts up again. A post that is deleted or no longer public becomes a deletion, one with a newer version an edit. A post that X does
 * not mention is left as it is.
 */
export async function* recheck(
  storedPosts: readonly StoredPost[],
  { account, altTexts, ...reader }: Reader & Pick<Wanted, 'altTexts'> & { readonly account: Account },
  signal: AbortSignal,
): AsyncGenerator<Omit<Page, 'cursor'>> {
  for (let i = 0; i < storedPosts.length; i += idsPerRequest) {
    const batch = storedPosts.slice(i, i + idsPerRequest);
    const byVersion = new Map(batch.map((post) => [post.native?.['version'] ?? post.id, post]));
    const { data, errors } = await lookUp([...byVersion.keys()], reader, postsAlone, signal);
    const missing = errors.filter(isMissing).flatMap(({ resource_id: id }) => byVersion.get(id ?? '') ?? []);
    const deletions = missing.map(({ id }): Change => ({ kind: 'delete', key: postKey('x', id) }));
    const newer = data.flatMap((raw) => newestVersion(raw) ?? []);
    const edited = newer.length === 0 ? undefined : await lookUp(newer, reader, { authors: true, altTexts }, signal);
    const beside = besideIn(edited?.includes ?? nothingBeside);
    const { changes, rejects } = contentOf((edited?.data ?? []).map((raw) => readItem(raw, beside, account)));
    yield { posts: [], changes: [...deletions, ...changes], rejects };
  }
}

export function isHidden({ type }: Posts['errors'][number]): boolean {
  return type.endsWith('/not-authorized-for-resource');
}

export function isMissing({ type }: Posts['errors'][number]): boolean {
  return /\/(resource-not-found|not-authorized-for-resource)$/.test(type);
}

/** The id of a newer version, if there is one. */
function newestVersion(raw: unknown): string | undefined {
  const parsed = Tweet.safeParse(raw).data;
  const newest = parsed?.versions.at(-1);
  return newest === parsed?.id ? undefined : newest;
}

/** Reads posts by id; missing ones are among the errors. */
export async function lookUp(
  ids: readonly string[],
  reader: Reader,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Posts> {
  const { read, user } = reader.money.prices;
  const query = { ids: ids.join(','), ...fieldsOf(wanted) };
  const call = () => ({ name: 'lookup', path: 'tweets', query });
  return await readPosts(reader, { call, most: ids.length, price: read, user: wanted.authors ? user : 0 }, signal);
}

/** One post as it is now; undefined: it is deleted or not public. Errors: RetryLater if X does not say. */
export async function lookUpOne(id: string, reader: Reader, signal: AbortSignal): Promise<Tweet | undefined> {
  const { data, errors } = await lookUp([id], reader, postsAlone, signal);
  if (data.length > 0) return Tweet.parse(data[0]);
  if (errors.some(isMissing)) return undefined;
  throw new RetryLater(`X did not answer about post ${id}`, retryMs);
}
