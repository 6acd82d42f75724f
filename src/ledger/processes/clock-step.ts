import type { Executor } from '../db/schema.ts';

/**
 * After the clock was set back: what was written "in the future" would wait for the clock to come round again. It is due now;
 * asking a little early does no harm. What is being sent keeps its lease.
 */
export async function forgiveClock(tx: Executor, now: number): Promise<void> {
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
  await tx.updateTable('link_hosts').set({ next_at: now, blocked_until: now }).where('asked_at', '>', now).execute();
}
