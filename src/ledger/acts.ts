import { randomUUID } from 'node:crypto';
import { sql, type SqlBool } from 'kysely';
import { type PageToken, nextPageToken } from './page-token.ts';
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

/** A page of them, the latest first; `next`: where the next one begins. */
export async function auditPage(
  db: Executor,
  { after, limit, subject }: { after: PageToken | undefined; limit: number; subject?: string },
): Promise<{ acts: Act[]; next: PageToken | undefined }> {
  const all = db.selectFrom('acts').selectAll().orderBy('at', 'desc').orderBy('id', 'desc');
  const about = subject === undefined ? all : all.where('subject', '=', subject);
  const behind = after && sql<SqlBool>`at <= ${after.at} and (at, id) < (${after.at}, ${after.key})`;
  const rows = await (behind === undefined ? about : about.where(behind)).limit(limit + 1).execute();
  return { acts: rows.slice(0, limit), next: nextPageToken(rows, limit, ({ at, id }) => ({ at, key: id })) };
}
