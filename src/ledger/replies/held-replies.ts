import { codecs } from '../db/codecs.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';
import { findsRow } from '../db/state-table.ts';
import { moveReplies } from './states.ts';

/** Held replies, the next to expire first. */
export async function heldReplies(db: Executor, limit: number): Promise<ReplyRow[]> {
  const query = db.selectFrom('replies').selectAll().where('state', '=', 'held');
  return await query.orderBy('due_at').orderBy('key').limit(limit).execute();
}

/** False: no such reply is held. */
export async function approveReply(tx: Executor, key: string, now: number): Promise<boolean> {
  return await findsRow(moveReplies(tx, ['held'], 'planned', { due_at: now, updated_at: now }).where('key', '=', key));
}

/** Changes the text of a held reply. Returns the former text; undefined: no such reply is held. */
export async function editReply(tx: Executor, key: string, text: string, now: number): Promise<string | undefined> {
  const query = tx.selectFrom('replies').select('payload').where('key', '=', key).where('state', '=', 'held');
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const payload = codecs.replies.payload.decode(row.payload, key);
  const changed = tx
    .updateTable('replies')
    .set({ payload: codecs.replies.payload.encode({ ...payload, text }), updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'held');
  return (await findsRow(changed)) ? payload.text : undefined;
}

/** False: no such reply is held. */
export async function rejectReply(tx: Executor, key: string, reason: string, now: number): Promise<boolean> {
  return await findsRow(moveReplies(tx, ['held'], 'rejected', { reason, updated_at: now }).where('key', '=', key));
}

/** Rejects all held replies whose time is over. */
export async function expireHeld(tx: Executor, now: number): Promise<void> {
  await moveReplies(tx, ['held'], 'rejected', { reason: 'no decision in time', updated_at: now })
    .where('due_at', '<=', now)
    .execute();
}
