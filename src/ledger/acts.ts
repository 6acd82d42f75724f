import { randomUUID } from 'node:crypto';
import type { Executor } from './schema.ts';

/** Something that an operator did by hand. */
export interface Act {
  readonly at: number;
  readonly who: string;
  /** `pause`, `reply approve`, `consent add`. */
  readonly act: string;
  /** What it was done to. */
  readonly subject: string;
  /** In the operator's words, or what changed; empty: nothing to say. */
  readonly detail: string;
}

/** Writes it down, in the transaction that does it: what was done stands here, and nothing else does. */
export async function recordAct(tx: Executor, act: Act): Promise<void> {
  await tx
    .insertInto('acts')
    .values({ id: randomUUID(), ...act })
    .execute();
}

/** The latest first. */
export async function acts(db: Executor, { limit, subject }: { limit: number; subject?: string }): Promise<Act[]> {
  const query = db.selectFrom('acts').select(['at', 'who', 'act', 'subject', 'detail']);
  const rows = subject === undefined ? query : query.where('subject', '=', subject);
  return await rows.orderBy('at', 'desc').orderBy('id').limit(limit).execute();
}
