import { sql, type SqlBool } from 'kysely';
import { personKey } from '../../core/post.ts';
import { notePurge } from '../db/erasure.ts';
import type { Executor } from '../db/schema.ts';
import { deleteRejectsOf } from '../feeds/feed-rows.ts';
import { valuesList } from '../db/values-list.ts';
import { deletePost } from './post-changes.ts';
import { isByHandle } from './post-names.ts';

/** An author on a platform, by the permanent id. */
export interface AuthorId {
  readonly platform: string;
  readonly id: string;
}

/** Ids of the authors of all posts of a platform that are not deleted. */
export async function authorsOf(db: Executor, platform: string): Promise<string[]> {
  const query = db.selectFrom('posts').select('author').distinct().where('platform', '=', platform);
  return (await query.where('author', '!=', '').execute()).map(({ author }) => author);
}

/** Keys of the posts of these authors that are not deleted. */
export async function keysBy(db: Executor, authors: readonly AuthorId[]): Promise<string[]> {
  const asked = authors.map(({ platform, id }) => ({ platform, id }));
  const { rows } = await sql<{ key: string }>`
    select posts.key from ${valuesList(db, { text: ['platform', 'id'] }, asked)} cross join posts
    where posts.platform = input.platform and posts.author = input.id`.execute(db);
  return rows.map(({ key }) => key);
}

/** The authors of stored posts with this id (`platform:id`) or handle. */
export async function authorsNamed(db: Executor, name: string): Promise<AuthorId[]> {
  const [, platform, id] = /^([^:]*):(.+)$/s.exec(name) ?? [];
  const byId = platform !== undefined && id !== undefined && sql<SqlBool>`platform = ${platform} and author = ${id}`;
  const found = new Map<string, AuthorId>();
  for (const condition of [byId || undefined, isByHandle(db, name.replace(/^@/, ''))]) {
    if (condition === undefined) continue;
    const authors = db.selectFrom('posts').select(['platform', 'author as id']).distinct();
    const rows = await authors.where(condition).where('author', '!=', '').execute();
    for (const row of rows) found.set(personKey(row.platform, row.id), row);
  }
  return [...found].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, author]) => author);
}

export async function countPostsBy(db: Executor, { platform, id }: AuthorId): Promise<number> {
  const query = db.selectFrom('posts').select(({ fn }) => fn.countAll<number>().as('count'));
  return (await query.where('platform', '=', platform).where('author', '=', id).executeTakeFirstOrThrow()).count;
}

/** Deletes the next posts of an author as if the author had. Returns their number; 0: there are none. */
export async function deletePostsBy(
  tx: Executor,
  { platform, id }: AuthorId,
  terms: { now: number; withdraw: boolean },
  limit = 100,
): Promise<number> {
  const query = tx.selectFrom('posts').select('key').where('platform', '=', platform).where('author', '=', id);
  const posts = await query.limit(limit).execute();
  for (const { key } of posts) await deletePost(tx, key, terms);
  return posts.length;
}

/** Deletes what else names an author: opt-in, rejects, trackbacks. An opt-out stays, and so do the hashes of rejected trackbacks. */
export async function deleteTracesOf(tx: Executor, { platform, id }: AuthorId): Promise<void> {
  await tx.deleteFrom('consents').where('person', '=', `${platform}:${id}`).where('choice', '=', 'in').execute();
  await deleteRejectsOf(tx, [id]);
  const isTheirs = sql<SqlBool>`${platform} = 'rss' and host = ${id}`;
  await tx.deleteFrom('trackbacks').where(isTheirs).where('state', '!=', 'rejected').execute();
  const nothing = { source: '', page: '', host: '', title: '', site: '', excerpt: '', error: null };
  await tx.updateTable('trackbacks').set(nothing).where(isTheirs).execute();
  await notePurge(tx);
}
