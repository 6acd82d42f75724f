import type { Published } from '../core/reply.ts';
import type { Executor } from './schema.ts';

/** A person's word: planned -> abandoned, or sent -> withdrawing, which `withdraw` carries out. Undefined: in no such state. */
export async function askWithdrawal(
  tx: Executor,
  key: string,
  now: number,
): Promise<'abandoned' | 'withdrawing' | undefined> {
  const abandoned = await tx
    .updateTable('replies')
    .set({ state: 'abandoned', due_at: null, reason: 'withdrawn by the operator before it was sent', updated_at: now })
    .where('key', '=', key)
    .where('state', 'in', ['planned', 'held'])
    .executeTakeFirst();
  if (abandoned.numUpdatedRows > 0n) return 'abandoned';
  const withdrawing = await tx
    .updateTable('replies')
    .set({ state: 'withdrawing', due_at: now, looks: 0, updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'sent')
    .executeTakeFirst();
  return withdrawing.numUpdatedRows > 0n ? 'withdrawing' : undefined;
}

/** A sent reply that is to be taken back. */
export interface Withdrawal {
  readonly key: string;
  readonly publisher: string;
  readonly published: Published;
  readonly looks: number;
}

export async function dueWithdrawal(db: Executor, key: string, now: number): Promise<Withdrawal | undefined> {
  const row = await db
    .selectFrom('replies')
    .select(['key', 'publisher', 'published', 'looks'])
    .where('key', '=', key)
    .where('state', '=', 'withdrawing')
    .where('due_at', '<=', now)
    .executeTakeFirst();
  if (row === undefined || row.published === null) return undefined;
  return {
    key: row.key,
    publisher: row.publisher,
    published: JSON.parse(row.published) as Published,
    looks: row.looks,
  };
}

/** withdrawing -> withdrawn, or, with a due time, withdrawing again after one more try. */
export async function endWithdrawal(
  tx: Executor,
  withdrawal: Withdrawal,
  retry: { reason: string; dueAt: number } | undefined,
  now: number,
): Promise<void> {
  await tx
    .updateTable('replies')
    .set({
      state: retry === undefined ? 'withdrawn' : 'withdrawing',
      due_at: retry?.dueAt ?? null,
      reason: retry?.reason ?? null,
      looks: withdrawal.looks + 1,
      updated_at: now,
    })
    .where('key', '=', withdrawal.key)
    .where('state', '=', 'withdrawing')
    .execute();
}
