import type { Post } from '../../core/post.ts';
import { citedOf } from '../replies/replies.ts';
import type { IncomingPost } from './posts.ts';
import type { Executor } from '../db/schema.ts';
import { takeBack } from '../replies/withdraw-reply.ts';

/**
 * The author changed a post. `unknown`: it was never kept. `same`: what it cites did not change. `changed`: it is decided upon anew; an
 * answer that has not gone out yet is given up, since it answers what is no longer said.
 */
export async function editPost(
  tx: Executor,
  { post, citations, surplus }: IncomingPost,
  now: number,
): Promise<'unknown' | 'same' | 'changed'> {
  const row = await tx
    .selectFrom('posts')
    .select(['post', 'citations', 'state'])
    .where('key', '=', post.key)
    .executeTakeFirst();
  if (row === undefined) return 'unknown';
  if (row.state === 'deleted' || row.post === JSON.stringify(post)) return 'same';
  const same = row.citations === JSON.stringify(citations);
  await tx
    .updateTable('posts')
    .set((current) => ({
      post: JSON.stringify(post),
      citations: JSON.stringify(citations),
      surplus,
      ...(same
        ? {}
        : { state: 'pending' as const, due_at: now, attempts: 0, error: null, revision: current('revision', '+', 1) }),
    }))
    .where('key', '=', post.key)
    .execute();
  if (same) return 'same';
  for (const { key } of await repliesTo(tx, post.key, ['planned', 'held'])) await takeBack(tx, key, now);
  return 'changed';
}

/** Those of these keys whose posts were kept and are not gone: all others have nothing to change. */
export async function keptAmong(db: Executor, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let i = 0; i < keys.length; i += 500) {
    const rows = await db
      .selectFrom('posts')
      .select('key')
      .where('key', 'in', keys.slice(i, i + 500))
      .where('state', '!=', 'deleted')
      .execute();
    for (const { key } of rows) found.add(key);
  }
  return found;
}

/** A reply to a post that stands, or may. */
export interface Standing {
  readonly key: string;
  /** As in `Scope`. */
  readonly cited: readonly string[];
}

/** What was said to a post before it was edited. */
export async function standingReplies(db: Executor, postKey: string): Promise<Standing[]> {
  const rows = await repliesTo(db, postKey, ['planned', 'held', 'sending', 'unknown', 'sent']);
  return rows.map(({ key, scope }) => ({ key, cited: citedOf(scope) }));
}

/**
 * The author deleted a post: what it said is purged at once, and what was planned for it is given up. The key stays, so that it is never
 * answered again. `withdraw`: what was answered is taken back as well. False: it was never kept, or is gone already.
 */
export async function deletePost(
  tx: Executor,
  key: string,
  { now, withdraw }: { now: number; withdraw: boolean },
): Promise<boolean> {
  const row = await tx
    .selectFrom('posts')
    .select(['post', 'state'])
    .where('key', '=', key)
    .where('state', '!=', 'deleted')
    .executeTakeFirst();
  if (row === undefined) return false;
  await tx
    .updateTable('posts')
    .set({
      state: 'deleted',
      post: JSON.stringify(emptied(JSON.parse(row.post) as Post)),
      author: '',
      citations: '[]',
      surplus: 0,
      verdict: null,
      error: null,
      due_at: null,
      decided_at: now,
    })
    .where('key', '=', key)
    .execute();
  await tx.deleteFrom('mentions').where('post_key', '=', key).execute();
  await tx.deleteFrom('notices').where('post_key', '=', key).execute();
  const reach = withdraw
    ? (['planned', 'held', 'sent', 'sending', 'unknown'] as const)
    : (['planned', 'held'] as const);
  for (const reply of await repliesTo(tx, key, reach)) await takeBack(tx, reply.key, now);
  return true;
}

/** What is left of a deleted post: where it was, not what it said or who said it. */
function emptied({ native: _, warning: __, closed: ___, ...post }: Post): Post {
  const author = { id: '', handle: '', name: null, bot: false };
  return { ...post, author, text: '', url: null, language: null, hashtags: [], links: [] };
}

async function repliesTo(
  db: Executor,
  postKey: string,
  states: readonly ('planned' | 'held' | 'sent' | 'sending' | 'unknown')[],
) {
  return await db
    .selectFrom('replies')
    .select(['key', 'scope'])
    .where('post_key', '=', postKey)
    .where('state', 'in', states)
    .execute();
}
