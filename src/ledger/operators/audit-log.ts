import { randomUUID } from 'node:crypto';
import { sql, type SqlBool } from 'kysely';
import { type PageToken, nextPageToken } from '../db/page-token.ts';
import type { Executor } from '../db/schema.ts';

/** Something that an operator did by hand. */
export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  /** `pause`, `reply approve`, `consent add`. */
  readonly action: string;
  /** What it was done to. */
  readonly target: string;
  /** In the operator's words, or what changed; empty: nothing to say. */
  readonly note: string;
}

/** Writes it down, in the transaction that does it: what was done stands here, and nothing else does. */
export async function recordAudit(tx: Executor, action: AuditEntry): Promise<void> {
  await tx
    .insertInto('audit_log')
    .values({ id: randomUUID(), ...action })
    .execute();
}

/** The latest first. */
export async function auditLog(
  db: Executor,
  { limit, target }: { limit: number; target?: string },
): Promise<AuditEntry[]> {
  const query = db.selectFrom('audit_log').select(['at', 'actor', 'action', 'target', 'note']);
  const rows = target === undefined ? query : query.where('target', '=', target);
  return await rows.orderBy('at', 'desc').orderBy('id').limit(limit).execute();
}

/** A page of them, the latest first; `next`: where the next one begins. */
export async function auditPage(
  db: Executor,
  { after, limit, target }: { after: PageToken | undefined; limit: number; target?: string },
): Promise<{ auditLog: AuditEntry[]; next: PageToken | undefined }> {
  const all = db.selectFrom('audit_log').selectAll().orderBy('at', 'desc').orderBy('id', 'desc');
  const about = target === undefined ? all : all.where('target', '=', target);
  const behind = after && sql<SqlBool>`at <= ${after.at} and (at, id) < (${after.at}, ${after.key})`;
  const rows = await (behind === undefined ? about : about.where(behind)).limit(limit + 1).execute();
  return { auditLog: rows.slice(0, limit), next: nextPageToken(rows, limit, ({ at, id }) => ({ at, key: id })) };
}
