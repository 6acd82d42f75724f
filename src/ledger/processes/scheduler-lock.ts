import type { Executor } from '../db/schema.ts';

/**
 * True for one of the processes that ask within `everyMs`: nobody is elected, whoever asks first does it this time. A tick further
 * away than an interval is from a clock that was wrong, and does not count.
 */
export async function acquireSchedulerLock(tx: Executor, name: string, now: number, everyMs: number): Promise<boolean> {
  const result = await tx
    .insertInto('scheduler_locks')
    .values({ name, at: now })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ at: now })
        .where((last) =>
          last.or([last('scheduler_locks.at', '<=', now - everyMs), last('scheduler_locks.at', '>', now + everyMs)]),
        ),
    )
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
