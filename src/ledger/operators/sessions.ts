import type { Executor } from '../db/schema.ts';

/** A login to the operator's page. */
export interface Session {
  /** Hash of the browser's token. */
  readonly id: string;
  readonly name: string;
  /** Hash of the password's hash at login. */
  readonly proof: string;
  readonly startedAt: number;
  readonly seenAt: number;
}

/** Maximum lifetime of a session in milliseconds: idle, and in all. */
export interface SessionSpan {
  readonly idleMs: number;
  readonly mostMs: number;
}

export async function startSession(tx: Executor, { id, name, proof, startedAt, seenAt }: Session): Promise<void> {
  await tx.insertInto('sessions').values({ id, name, proof, started_at: startedAt, seen_at: seenAt }).execute();
}

/** The session with this id, unless it has expired. */
export async function sessionOf(
  db: Executor,
  id: string,
  { now, idleMs, mostMs }: SessionSpan & { now: number },
): Promise<Session | undefined> {
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', id)
    .where('seen_at', '>', now - idleMs)
    .where('started_at', '>', now - mostMs)
    .executeTakeFirst();
  return row && { id, name: row.name, proof: row.proof, startedAt: row.started_at, seenAt: row.seen_at };
}

/** Records that a session was used. */
export async function touchSession(tx: Executor, id: string, now: number): Promise<void> {
  await tx.updateTable('sessions').set({ seen_at: now }).where('id', '=', id).execute();
}

export async function endSession(tx: Executor, id: string): Promise<void> {
  await tx.deleteFrom('sessions').where('id', '=', id).execute();
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
