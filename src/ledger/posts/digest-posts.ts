import type { Post } from '../../core/post.ts';
import type { Verdict } from '../../core/verdict.ts';
import { codecs } from '../db/codecs.ts';
import { insertReplies, type PlannedReply } from '../replies/replies.ts';
import type { Executor } from '../db/schema.ts';
import { addShortIds } from './short-ids.ts';
import { firstPost } from './states.ts';

/** Platform of the synthetic posts to which digests on an account of the bot are the replies. */
export const digestPlatform = 'digest';

/**
 * Plans the post of a digest on an account of the bot as a reply to a synthetic post, so that the same states, limits and lookups apply.
 * Idempotent. `createdAt`: the end of the edition's day, so that an edition that was posted before a restore is looked up.
 */
export async function insertDigestPost(
  tx: Executor,
  reply: PlannedReply,
  { now, createdAt }: { now: number; createdAt: number },
): Promise<void> {
  const { id, author } = reply.payload.replyTo;
  const post = syntheticPost({
    key: reply.postKey,
    platform: digestPlatform,
    id,
    url: null,
    author: { id: author, handle: author, name: null, bot: true },
    text: '',
    language: reply.payload.language,
    createdAt,
  });
  await tx
    .insertInto('posts')
    .values({
      key: post.key,
      platform: digestPlatform,
      author: post.author.id,
      thread: null,
      feed: digestPlatform,
      post: codecs.posts.post.encode(post),
      citations: codecs.posts.citations.encode([]),
      surplus: 0,
      revision: 0,
      ...firstPost('decided', { verdict: codecs.posts.verdict.encode(digestVerdict), decided_at: now }),
      attempts: 0,
      created_at: createdAt,
      ingested_at: now,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  await addShortIds(tx, [post.key]);
  await insertReplies(tx, [{ reply, at: now }]);
}

const digestVerdict: Verdict = {
  action: 'reply',
  rule: null,
  template: null,
  asked: null,
  clause: 'a digest on the bot’s own timeline',
  alone: true,
  rules: digestPlatform,
};

/** A post that stands for something else: it has these fields only. */
export function syntheticPost(
  fields: Pick<Post, 'key' | 'platform' | 'id' | 'url' | 'author' | 'text' | 'language' | 'createdAt'>,
): Post {
  const nothing = { hashtags: [], links: [], summoned: false, repost: false, inReplyTo: null };
  return { ...fields, ...nothing, visibility: 'public', thread: fields.id };
}
