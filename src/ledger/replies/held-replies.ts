import type { Payload } from '../../core/reply.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';

/** Replies that wait for a person, those whose time ends first before others. */
export async function heldReplies(db: Executor, limit: number): Promise<ReplyRow[]> {
  const query = db.selectFrom('replies').selectAll().where('state', '=', 'held');
  return await query.orderBy('due_at').orderBy('key').limit(limit).execute();
}

/** held -> planned: it goes out as any other. False: no such reply is held. */
export async function approveReply(tx: Executor, key: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set({ state: 'planned', due_at: now, reason: null, updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'held')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Other words for a reply that is held. Returns those before; undefined: no such reply is held. */
export async function editReply(tx: Executor, key: string, text: string, now: number): Promise<string | undefined> {
  const query = tx.selectFrom('replies').select('payload').where('key', '=', key).where('state', '=', 'held');
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const payload = JSON.parse(row.payload) as Payload;
  const changed = await tx
    .updateTable('replies')
    .set({ payload: JSON.stringify({ ...payload, text }), updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'held')
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n ? payload.text : undefined;
}

/** held -> rejected. False: no such reply is held. */
export async function rejectReply(tx: Executor, key: string, reason: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set({ state: 'rejected', due_at: null, reason, updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'held')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** held -> rejected for all that nobody decided about in time. */
export async function expireHeld(tx: Executor, now: number): Promise<void> {
  await tx
    .updateTable('replies')
    .set({ state: 'rejected', due_at: null, reason: 'nobody decided about it in time', updated_at: now })
    .where('state', '=', 'held')
    .where('due_at', '<=', now)
    .execute();
}
