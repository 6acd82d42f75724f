import { randomUUID } from 'node:crypto';
import { type PageRequest, readPage } from '../db/queries.ts';
import type { AuditRow, Executor } from '../db/schema.ts';

/** An action of an operator. */
export type AuditEntry = Readonly<Omit<AuditRow, 'id'>>;

/** The action of an entry about a wrong password or token. */
export const failedLogin = 'login failed';

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

/** How many failed logins are recorded since a time, in milliseconds. */
export async function failedLoginsSince(db: Executor, since: number): Promise<number> {
  const entries = db.selectFrom('audit_log').where('at', '>', since).where('action', '=', failedLogin);
  const { count } = await entries
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** A page of the log. */
export async function auditPage(db: Executor, { target, ...request }: PageRequest & { target?: string }) {
  const query = db.selectFrom('audit_log').selectAll();
  return await readPage(target === undefined ? query : query.where('target', '=', target), 'id', request);
}
