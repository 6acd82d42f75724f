import type { ControlWord } from '../../core/control.ts';
import { personKey, type Post } from '../../core/post.ts';
import { optOut } from '../operators/consents.ts';
import type { Executor } from '../db/schema.ts';
import { askWithdrawal } from '../replies/withdraw-reply.ts';

/** Whether a post answers one of our replies. */
export async function answersUs(db: Executor, { platform, inReplyTo }: Post): Promise<boolean> {
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
 * Does what the author of a post asks, in the transaction that keeps it: at once, and whatever happens next. Help is answered later,
 * like any post. Returns the replies that are to be withdrawn from their platform.
 */
export async function obey(tx: Executor, post: Post, word: ControlWord, now: number): Promise<string[]> {
  const person = personKey(post.platform, post.author.id);
  if (word === 'stop') await optOut(tx, { person, source: post.key }, now);
  if (word !== 'delete') return [];
  const withdrawn: string[] = [];
  for (const key of await answersTo(tx, person, `${post.platform}:${post.thread}`)) {
    if ((await askWithdrawal(tx, key, now, 'the author')) === 'withdrawing') withdrawn.push(key);
  }
  return withdrawn;
}

/** Only who was answered may have the answer taken back. */
async function answersTo(db: Executor, person: string, thread: string): Promise<string[]> {
  const rows = await db
    .selectFrom('replies')
    .select('key')
    .where('author', '=', person)
    .where('thread', '=', thread)
    .where('state', 'in', ['planned', 'held', 'sending', 'unknown', 'sent'])
    .execute();
  return rows.map(({ key }) => key);
}
