import { sql } from 'kysely';
import type { Deferred } from '../accounts/reply-limits.ts';
import type { Executor } from '../db/schema.ts';
import { moveReplies } from './states.ts';

const waits = 'an earlier reply to the post is deleted first';
const mayBeOut = 'outcome unknown: of an earlier reply to the post, which may still be out';
/** A deletion has no known end: what waits for it is checked again after this time. */
const waitMs = 60_000;

/**
 * Of a reply to an edited post: what is left of the earlier ones that it follows. `open`: one is being withdrawn, or will be once it is found.
 * `lost`: nobody knows whether one is out, and since then no person has planned this one again.
 */
export const earlierReply = sql<'open' | 'lost' | null>`case when replies.key <> replies.post_key then (
  select case min(case when earlier.state = 'abandoned' then 2 else 1 end) when 1 then 'open' when 2 then 'lost' end
  from replies as earlier
  where earlier.post_key = replies.post_key and earlier.key <> replies.key and (earlier.state = 'withdrawing'
    or earlier.cancel_requested = 1 and (earlier.state in ('sending', 'unknown')
      or earlier.state = 'abandoned' and earlier.updated_at >= replies.planned_at))) end`;

/** Two answers to one post are never out together. */
export function deferralBy(earlier: 'open' | 'lost' | null, now: number): Deferred | undefined {
  if (earlier === 'lost') return { reason: mayBeOut, dueAt: null };
  return earlier === 'open' ? { reason: waits, dueAt: now + waitMs } : undefined;
}

/** Makes replies due that wait for this one. Returns their keys. */
export async function wakeSuccessors(tx: Executor, key: string, now: number): Promise<string[]> {
  const woken = await moveReplies(tx, ['planned'], 'planned', { due_at: now, updated_at: now })
    .where('post_key', '=', (row) => row.selectFrom('replies as ended').select('post_key').where('key', '=', key))
    .where('reason', '=', waits)
    .returning('key')
    .execute();
  return woken.map((row) => row.key);
}
