import type { Payload } from '../../core/reply.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';

/** Held replies, the next to expire first. */
export async function heldReplies(db: Executor, limit: number): Promise<ReplyRow[]> {
  const query = db.selectFrom('replies').selectAll().where('state', '=', 'held');
  return await query.orderBy('due_at').orderBy('key').limit(limit).execute();
}

/** held -> planned. False: no such reply is held. */
export async function approveReply(tx: Executor, key: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set({ state: 'planned', due_at: now, reason: null, updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'held')
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Changes the text of a held reply. Returns the former text; undefined: no such reply is held. */
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

/** held -> rejected for all whose time is over. */
export async function expireHeld(tx: Executor, now: number): Promise<void> {
  await tx
    .updateTable('replies')
    .set({ state: 'rejected', due_at: null, reason: 'no decision in time', updated_at: now })
    .where('state', '=', 'held')
    .where('due_at', '<=', now)
    .execute();
}
