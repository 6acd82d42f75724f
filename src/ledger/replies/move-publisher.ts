import { sql, type SqlBool } from 'kysely';
import type { Post } from '../../core/post.ts';
import type { Payload } from '../../core/reply.ts';
import { codecs } from '../db/codecs.ts';
import { readEach } from '../db/json-column.ts';
import type { Executor, PostRow, ReplyRow } from '../db/schema.ts';
import { posterIsOptedIn, posterIsOptedOut } from '../operators/consents.ts';
import { moveReplies } from './states.ts';

/** A reply that waits, with what consent depends on. */
export interface WaitingReply {
  readonly key: string;
  readonly payload: Payload;
  readonly post: Post;
  readonly feed: string;
  /** An earlier attempt may have arrived, at the account of its publisher. */
  readonly mayBeOut: boolean;
  readonly optedIn: boolean;
  readonly optedOut: boolean;
}

/** The planned and held replies of a publisher. */
export async function waitingReplies(db: Executor, publisher: string): Promise<WaitingReply[]> {
  const { rows } = await sql<WaitingRow>`
    select replies.key, payload, post, posts.key as post_key, feed, first_attempt_at,
      ${posterIsOptedOut} as opted_out, ${posterIsOptedIn} as opted_in
    from replies join posts on posts.key = replies.post_key
    where replies.publisher = ${publisher} and replies.state in ('planned', 'held')
    order by replies.key`.execute(db);
  return readEach(rows, (row) => ({
    key: row.key,
    payload: codecs.replies.payload.decode(row.payload, row.key),
    post: codecs.posts.post.decode(row.post, row.post_key),
    feed: row.feed,
    mayBeOut: row.first_attempt_at !== null,
    optedIn: Boolean(row.opted_in),
    optedOut: Boolean(row.opted_out),
  }));
}

type WaitingRow = Pick<ReplyRow, 'key' | 'payload' | 'post_key' | 'first_attempt_at'> &
  Pick<PostRow, 'post' | 'feed'> & { readonly opted_out: SqlBool; readonly opted_in: SqlBool };

/** Gives waiting replies to another publisher, if they were surely not sent. Returns how many. */
export async function givePublisher(
  tx: Executor,
  keys: readonly string[],
  { from, to, now }: { readonly from: string; readonly to: string; readonly now: number },
): Promise<number> {
  let moved = 0;
  for (const key of keys) {
    const planned = moveReplies(tx, ['planned'], 'planned', {
      publisher: to,
      due_at: now,
      reason: null,
      updated_at: now,
    });
    const held = tx.updateTable('replies').set({ publisher: to, updated_at: now }).where('state', '=', 'held');
    for (const change of [planned, held]) {
      const { numUpdatedRows } = await change
        .where('key', '=', key)
        .where('publisher', '=', from)
        .where('first_attempt_at', 'is', null)
        .executeTakeFirst();
      moved += Number(numUpdatedRows);
    }
  }
  return moved;
}
