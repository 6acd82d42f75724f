import { sql } from 'kysely';
import type { ControlWord } from '../../core/control.ts';
import { narrowest, personKey, type Post, shortId } from '../../core/post.ts';
import type { ReplyState } from '../../core/reply.ts';
import { citedOf } from '../replies/replies.ts';
import { codecs } from '../db/codecs.ts';
import { notePurge } from '../db/erasure.ts';
import { deleteRejectsOf } from '../feeds/feed-rows.ts';
import { readableOrEmpty } from './readable-or-empty.ts';
import { type IncomingPost, postRow } from './posts.ts';
import { findsRow } from '../db/queries.ts';
import type { Executor, PostRow } from '../db/schema.ts';
import { valuesList } from '../db/values-list.ts';
import { recordAudit } from '../operators/audit-log.ts';
import { optIn, optOut, takeBack } from '../operators/consents.ts';
import { movePosts } from './states.ts';
import { pseudonymOf } from './tombstones.ts';
import { requestWithdrawal, supersededBefore, supersedeReply } from '../replies/withdraw-reply.ts';

/**
 * Records an edit of a post. `unknown`: the post was never stored. `same`: its citations did not change. `changed`: it is decided again, and
 * replies that have not been sent are abandoned.
 */
export async function editPost(
  tx: Executor,
  { post, citations, surplus }: IncomingPost,
  now: number,
): Promise<'unknown' | 'same' | 'changed'> {
  const row = await postRow(tx, post.key);
  if (row === undefined) return 'unknown';
  const { posts: codec } = codecs;
  const changes = { post: codec.post.encode(post), citations: codec.citations.encode(citations), surplus };
  if (row.state === 'deleted' || row.post === changes.post) return 'same';

  const before = readableOrEmpty(row.post, post.key);
  // A question takes its citations from elsewhere, and its words say which paragraphs.
  const isQuestion = citations.length === 0 && post.summoned && row.control === null;
  const isSame = isQuestion ? before.text === post.text : row.citations === changes.citations;
  if (!isSame || (await matters(tx, before, post)))
    return (await decideAgain(tx, post.key, changes, now)) ? 'changed' : 'same';
  await tx.updateTable('posts').set({ post: changes.post, surplus }).where('key', '=', post.key).execute();
  return 'same';
}

/** The author addresses the bot now, or fewer people than was known; and no reply is out. */
async function matters(tx: Executor, before: Post, { key, summoned, visibility }: Post): Promise<boolean> {
  const isNarrower = narrowest([before.visibility, visibility]) !== before.visibility;
  return ((summoned && !before.summoned) || isNarrower) && !(await isAnswered(tx, key));
}

/** Stores what later hearings of a post know better. True: no reply is out, and it is decided again. */
export async function improvePost(
  tx: Executor,
  { post, citations, surplus }: IncomingPost,
  feed: string,
  now: number,
): Promise<boolean> {
  const { posts: codec } = codecs;
  const better = { post: codec.post.encode(post), feed };
  if (!(await isAnswered(tx, post.key))) {
    const read = { citations: codec.citations.encode(citations), surplus };
    return await decideAgain(tx, post.key, { ...better, ...read }, now);
  }
  await tx.updateTable('posts').set(better).where('key', '=', post.key).where('state', '!=', 'deleted').execute();
  return false;
}

type Changes = Partial<Pick<PostRow, 'post' | 'feed' | 'citations' | 'surplus'>>;

/** Abandons replies that have not been sent. False: the post is deleted. */
async function decideAgain(tx: Executor, key: string, changes: Changes, now: number): Promise<boolean> {
  const values = { ...changes, due_at: now, attempts: 0, revision: sql<number>`revision + 1` };
  const moved = movePosts(tx, ['pending', 'decided', 'failed'], 'pending', values).where('key', '=', key);
  if (!(await findsRow(moved))) return false;
  for (const { key: reply } of await repliesTo(tx, key, unsentStates)) await supersedeReply(tx, reply, now);
  return true;
}

/** True if a reply is or may be out, or a person or the platform refused it; not if all wait for their first attempt, or were superseded before. */
async function isAnswered(db: Executor, postKey: string): Promise<boolean> {
  const replies = db.selectFrom('replies').select('key').where('post_key', '=', postKey);
  const answers = replies.where((reply) => {
    const isSuperseded = reply.and([reply('state', '=', 'abandoned'), reply('reason', '=', supersededBefore)]);
    const waits = reply.and([reply('state', 'in', unsentStates), reply('first_attempt_at', 'is', null)]);
    return reply.not(reply.or([isSuperseded, waits]));
  });
  return (await answers.executeTakeFirst()) !== undefined;
}

/** The subset of these keys that are stored and not deleted. */
export async function storedKeys(db: Executor, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = keys.map((key) => ({ key }));
  const { rows } = await sql<{ key: string }>`
    select posts.key from ${valuesList(db, { text: ['key'] }, asked)} cross join posts
    where posts.key = input.key and state <> 'deleted'`.execute(db);
  return new Set(rows.map(({ key }) => key));
}

const unsentStates = ['planned', 'held'] as const;
const liveStates = [...unsentStates, 'sending', 'unknown', 'sent', 'replacing'] as const;

/** Replies to a post that are or may be published, or will be, with what they cite as in `Scope`. */
export async function liveReplies(db: Executor, postKey: string): Promise<{ key: string; cited: string[] }[]> {
  const rows = await repliesTo(db, postKey, liveStates);
  return rows.map((row) => ({ key: row.key, cited: citedOf(row) }));
}

/**
 * Records the deletion of a post: purges its content and abandons its planned replies. Its key and the content of its replies stay until no
 * work on these is left: `purgeDeleted`. It is never answered again. `withdraw`: published replies are withdrawn as well. `by`: the author's id, if anybody can
 * say so. False: the post was never stored, is by somebody else, or is deleted already.
 */
export async function deletePost(
  tx: Executor,
  key: string,
  { now, withdraw, by }: { now: number; withdraw: boolean; by?: string | undefined },
): Promise<boolean> {
  const row = await postRow(tx, key);
  if (row === undefined || row.state === 'deleted' || row.author !== (by ?? row.author)) return false;
  const post = readableOrEmpty(row.post, key);
  await movePosts(tx, ['pending', 'decided', 'failed'], 'deleted', {
    post: codecs.posts.post.encode(emptied(post)),
    author: '',
    citations: codecs.posts.citations.encode([]),
    surplus: 0,
    decided_at: now,
  })
    .where('key', '=', key)
    .execute();
  await tx.deleteFrom('mentions').where('post_key', '=', key).execute();
  await tx.deleteFrom('notices').where('post_key', '=', key).execute();
  const { id, url, author } = post;
  await deleteRejectsOf(tx, [key, shortId(key), id, url ?? '', author.id, author.handle]);
  await notePurge(tx);
  const states = withdraw ? liveStates : ([...unsentStates, 'replacing'] as const);
  for (const reply of await repliesTo(tx, key, states)) await supersedeReply(tx, reply.key, now);
  return true;
}

/** The remainder of a deleted post: its place, without author and content. */
function emptied({ native: _, warning: __, closed: ___, ...post }: Post): Post {
  const author = { id: '', handle: '', name: null, bot: false };
  return { ...post, author, text: '', url: null, language: null, hashtags: [], links: [] };
}

async function repliesTo(db: Executor, postKey: string, states: readonly ReplyState[]) {
  const query = db.selectFrom('replies').select(['key', 'scope']).where('post_key', '=', postKey);
  return await query.where('state', 'in', states).execute();
}

/** True when a post answers one of the bot's replies. */
export async function answersOurReply(db: Executor, { platform, inReplyTo }: Post): Promise<boolean> {
  if (inReplyTo === null) return false;
  const row = await db
    .selectFrom('replies')
    .select('key')
    .where('published_id', '=', inReplyTo)
    .where('thread', 'like', `${platform}:%`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Carries out a command in the transaction that stores its post, and records it in the audit log. A reply to it is planned later, as to any
 * post. Returns the keys of replies to withdraw from their platform.
 */
export async function applyControl(tx: Executor, post: Post, word: ControlWord, now: number): Promise<string[]> {
  const person = personKey(post.platform, post.author.id);
  const withdrawn: string[] = [];
  const obey: Readonly<Record<ControlWord, () => Promise<unknown>>> = {
    follow: () => optIn(tx, { person, source: post.key }, now),
    unfollow: () => takeBack(tx, person, 'in'),
    stop: () => optOut(tx, { person, source: post.key }, now),
    start: () => takeBack(tx, person, 'out'),
    delete: async () => withdrawn.push(...(await withdrawRepliesTo(tx, post, now))),
    help: () => Promise.resolve(false),
    why: () => Promise.resolve(false),
  };
  if ((await obey[word]()) === false) return [];
  const [target, note] = [`person ${shortId(person)}`, `post ${shortId(post.key)}`];
  await recordAudit(tx, { at: now, actor: 'the author', action: word, target, note });
  return withdrawn;
}

/** Only the author whom a reply answers may have it withdrawn. */
async function withdrawRepliesTo(tx: Executor, post: Post, now: number): Promise<string[]> {
  const withdrawn: string[] = [];
  const person = personKey(post.platform, post.author.id);
  const thread = `${post.platform}:${post.thread}`;
  const theirs = tx
    .selectFrom('replies')
    .select('key')
    .where('author', 'in', [person, pseudonymOf(person)]);
  for (const { key } of await theirs.where('thread', 'in', [thread, pseudonymOf(thread)]).execute()) {
    if ((await requestWithdrawal(tx, key, now, 'the author')) === 'withdrawing') withdrawn.push(key);
  }
  return withdrawn;
}
