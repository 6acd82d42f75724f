import { randomUUID } from 'node:crypto';
import { sql, type SqlBool } from 'kysely';
import { type PageToken, nextPageToken } from '../db/page-token.ts';
import type { Executor } from '../db/schema.ts';
import type { AuditLogTable } from '../db/tables/people-tables.ts';

/** An action of an operator. */
export type AuditEntry = Readonly<Omit<AuditLogTable, 'id'>>;

/** Records an action in its own transaction, so that the log holds exactly the committed actions. */
export async function recordAudit(tx: Executor, entry: AuditEntry): Promise<void> {
  await tx
    .insertInto('audit_log')
    .values({ id: randomUUID(), ...entry })
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

/** A page of the log, the latest first; `next`: token of the next page. */
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
