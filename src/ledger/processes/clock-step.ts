import type { Executor } from '../db/schema.ts';

/**
 * Makes rows due that were written "in the future", after the clock was set back; otherwise they would wait for the clock to catch up. An early
 * attempt is harmless. Replies that are being sent keep their leases.
 */
export async function resetFutureTimes(tx: Executor, now: number): Promise<void> {
  await tx.updateTable('posts').set({ due_at: now }).where('due_at', '>', now).where('ingested_at', '>', now).execute();
  await tx
    .updateTable('replies')
    .set({ due_at: now })
    .where('due_at', '>', now)
    .where('updated_at', '>', now)
    .where('state', 'in', ['planned', 'unknown', 'withdrawing'])
    .execute();
  await tx.updateTable('feeds').set({ due_at: now }).where('due_at', '>', now).where('polled_at', '>', now).execute();
  await tx
    .updateTable('link_checks')
    .set({ due_at: now })
    .where('due_at', '>', now)
    .where('checked_at', '>', now)
    .execute();
  await tx
    .updateTable('link_hosts')
    .set({ next_at: now, blocked_until: now })
    .where('requested_at', '>', now)
    .execute();
}
