import type { Citation, Resolution } from '../../core/citation.ts';
import { type Post, postKey } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import { codecs } from '../db/codecs.ts';
import { findsRow } from '../db/queries.ts';
import type { Executor, PostRow } from '../db/schema.ts';
import type { WaitingPost } from './posts.ts';
import { postRow } from './posts.ts';
import { movePosts } from './states.ts';

/** A stored post that a question may be about. */
export interface Cited {
  readonly post: Post;
  readonly citations: readonly Citation[];
}

/** The post that the bot answered with the post that this one replies to. Undefined: it replies to none of the bot's answers. */
export async function answeredBefore(db: Executor, post: Post): Promise<Cited | undefined> {
  const row = await answeredRow(db, post);
  return row && citedIn(row);
}

async function answeredRow(db: Executor, { platform, inReplyTo }: Post): Promise<PostRow | undefined> {
  if (inReplyTo === null) return undefined;
  return await db
    .selectFrom('replies')
    .innerJoin('posts', 'posts.key', 'replies.post_key')
    .selectAll('posts')
    .where('published_id', '=', inReplyTo)
    .where('replies.thread', 'like', `${platform}:%`)
    .limit(1)
    .executeTakeFirst();
}

/** What was decided about a post, and why. */
export interface Decided {
  readonly verdict: Verdict;
  readonly resolutions: readonly Resolution[];
}

/** On the post that "why" is about: the one that the bot answered with the post replied to; else that post itself, to its author alone. */
export async function decidedAbove(db: Executor, post: Post): Promise<Decided | undefined> {
  const { platform, inReplyTo, author } = post;
  const above = inReplyTo === null ? undefined : await postRow(db, postKey(platform, inReplyTo));
  const row = (await answeredRow(db, post)) ?? (above?.author === author.id ? above : undefined);
  if (row === undefined || row.state !== 'decided' || row.verdict === null) return undefined;
  const verdict = codecs.posts.verdict.decode(row.verdict, row.key);
  // The bot spoke of itself: there is no rule to name.
  if (verdict.rule === null && verdict.action === 'reply') return undefined;
  const mentions = db.selectFrom('mentions').select('resolution').where('post_key', '=', row.key).orderBy('position');
  const resolutions = (await mentions.execute()).map(({ resolution }) => {
    return codecs.mentions.resolution.decode(resolution, row.key);
  });
  return { verdict, resolutions };
}

/** The stored post with this id, if it cites anything. */
export async function storedCiting(db: Executor, platform: string, id: string): Promise<Cited | undefined> {
  const row = await postRow(db, postKey(platform, id));
  if (row === undefined || row.state === 'deleted') return undefined;
  const found = citedIn(row);
  return found.citations.length > 0 ? found : undefined;
}

function citedIn(row: PostRow): Cited {
  const { post, citations } = codecs.posts;
  return { post: post.decode(row.post, row.key), citations: citations.decode(row.citations, row.key) };
}

/**
 * Leases a pending post until `until`, before its context is read: no two processes read it, and after a crash it is due then. False: another
 * process has it, or it has changed.
 */
export async function leaseQuestion(
  tx: Executor,
  { post: { key }, revision }: Pick<WaitingPost, 'post' | 'revision'>,
  { now, until }: { readonly now: number; readonly until: number },
): Promise<boolean> {
  const leased = movePosts(tx, ['pending'], 'pending', { due_at: until });
  return await findsRow(leased.where('key', '=', key).where('revision', '=', revision).where('due_at', '<=', now));
}
