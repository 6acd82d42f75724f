import type { Executor } from '../db/schema.ts';

/**
 * True for one of the processes that call this within `everyMs`: the first one runs the job, without leader election. A lock more than an
 * interval in the future comes from a wrong clock, and is ignored.
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
