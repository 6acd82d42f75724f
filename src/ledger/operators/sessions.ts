import type { Executor, SessionRow } from '../db/schema.ts';

/** Maximum lifetime of a session in milliseconds: idle, and in all. */
export interface SessionSpan {
  readonly idleMs: number;
  readonly mostMs: number;
}

export async function startSession(tx: Executor, session: SessionRow): Promise<void> {
  await tx.insertInto('sessions').values(session).execute();
}

/** The session with this id, unless it has expired. */
export async function sessionOf(
  db: Executor,
  id: string,
  { now, idleMs, mostMs }: SessionSpan & { now: number },
): Promise<SessionRow | undefined> {
  const session = db.selectFrom('sessions').selectAll().where('id', '=', id);
  const current = session.where('seen_at', '>', now - idleMs).where('started_at', '>', now - mostMs);
  return await current.executeTakeFirst();
}

/** Records that a session was used. */
export async function touchSession(tx: Executor, id: string, now: number): Promise<void> {
  await tx.updateTable('sessions').set({ seen_at: now }).where('id', '=', id).execute();
}

export async function endSession(tx: Executor, id: string): Promise<void> {
  await tx.deleteFrom('sessions').where('id', '=', id).execute();
}

export async function endSessions(tx: Executor): Promise<void> {
  await tx.deleteFrom('sessions').execute();
}

/** Deletes expired sessions. */
export async function purgeSessions(
  tx: Executor,
  { now, idleMs, mostMs }: SessionSpan & { now: number },
): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where((over) => over.or([over('seen_at', '<=', now - idleMs), over('started_at', '<=', now - mostMs)]))
    .execute();
}
