import { sql } from 'kysely';
import type { Batch } from '../db/batch.ts';
import { valuesList } from '../db/values-list.ts';
import { lastRestore } from '../processes/processes.ts';

/** A reply that the ledger may have lost; see `LostReply` of src/platforms. */
interface Lost {
  readonly since: number;
  readonly anyWords: boolean;
  /** Until then, its absence on the platform proves nothing. */
  readonly settledAt: number;
}

/** No result: if the reply was sent, the ledger knows. */
export const lostReplies: Batch<{ readonly key: string }, Lost> = {
  keyOf: ({ key }) => key,
  async run(db, items) {
    const restore = await lastRestore(db);
    if (restore === undefined) return new Map();
    const { rows } = await sql<{ key: string; post_key: string; created_at: number }>`
      select replies.key, replies.post_key, posts.created_at
      from ${valuesList(db, { text: ['key'] }, items)}
      cross join replies
      join posts on posts.key = replies.post_key
      where replies.key = input.key and posts.created_at < ${restore.before}`.execute(db);
    return new Map(
      rows.map(({ key, post_key: postKey, created_at: since }) => {
        // A reply to an edited post follows another one, which may still be there.
        return [key, { since, anyWords: key === postKey, settledAt: restore.settledAt }];
      }),
    );
  },
};
