import { sql } from 'kysely';
import { deletedKey, shortId } from '../../core/post.ts';
import type { Executor } from '../db/schema.ts';
import { valuesList } from '../db/values-list.ts';

/** Lets these posts be found by their short ids. */
export async function addShortIds(tx: Executor, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`
    insert into short_ids (id, post_key) select id, key from ${valuesList(tx, { text: ['id', 'key'] }, named(keys))}
    where true on conflict do nothing`.execute(tx);
}

/** Forgets the short ids of posts that are purged, or whose keys become hashes: those begin with the short id. */
export async function removeShortIds(tx: Executor, keys: readonly string[]): Promise<void> {
  const ids = keys.map(shortId);
  await tx.deleteFrom('short_ids').where('id', 'in', ids).where('post_key', 'in', keys).execute();
}

function named(keys: readonly string[]) {
  return keys.map((key) => ({ id: shortId(key), key }));
}

/** The key of the post with this short id. */
export async function keyOf(db: Executor, id: string): Promise<string | undefined> {
  const live = db.selectFrom('short_ids').select('post_key as key').where('id', '=', id).orderBy('post_key');
  const found = await live.limit(1).executeTakeFirst();
  if (found !== undefined) return found.key;
  const [from, to] = [`${deletedPrefix}${id}`, `${deletedPrefix}${id}g`];
  const deleted = db.selectFrom('posts').select('key').where('key', '>=', from).where('key', '<', to);
  return (await deleted.orderBy('key').limit(1).executeTakeFirst())?.key;
}

const deletedPrefix = deletedKey('').slice(0, -64);
