import type { ControlWord } from '../../core/control.ts';
import { personKey, type Post } from '../../core/post.ts';
import { optOut } from '../operators/consents.ts';
import type { Executor } from '../db/schema.ts';
import { requestWithdrawal } from '../replies/withdraw-reply.ts';

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
 * Carries out a command in the transaction that stores its post. `help` is answered later, like any post. Returns the keys of replies to
 * withdraw from their platform.
 */
export async function applyControl(tx: Executor, post: Post, word: ControlWord, now: number): Promise<string[]> {
  const person = personKey(post.platform, post.author.id);
  if (word === 'stop') await optOut(tx, { person, source: post.key }, now);
  if (word !== 'delete') return [];
  const withdrawn: string[] = [];
  // Only the author whom a reply answers may have it withdrawn.
  const theirs = tx.selectFrom('replies').select('key').where('author', '=', person);
  for (const { key } of await theirs.where('thread', '=', `${post.platform}:${post.thread}`).execute()) {
    if ((await requestWithdrawal(tx, key, now, 'the author')) === 'withdrawing') withdrawn.push(key);
  }
  return withdrawn;
}
