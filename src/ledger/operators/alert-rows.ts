import { sql, type SqlBool } from 'kysely';
import { insertNotices } from './notices.ts';
import type { AlertRow, Executor, NoticeContent } from '../db/schema.ts';

/** An alert for the operator. */
export type Alert = Readonly<Omit<AlertRow, 'reported'>>;

/** A current problem. */
export type Trouble = Pick<Alert, 'name' | 'message'>;

/** Reporting state of an alert: `begun`, or `all` once its end is reported too. */
const reported = { nothing: 0, begun: 1, all: 2 } as const;

/** Opens alerts for new problems and closes those that are over. */
export async function recordTroubles(tx: Executor, troubles: readonly Trouble[], now: number): Promise<void> {
  const known = new Set((await openAlerts(tx)).map(({ name }) => name));
  const found = new Set(troubles.map(({ name }) => name));
  for (const { name, message } of troubles) {
    if (known.has(name)) continue;
    await tx
      .insertInto('alerts')
      .values({ name, message, since: now, until: null, reported: reported.nothing })
      .onConflict((conflict) => conflict.columns(['name', 'since']).doNothing())
      .execute();
  }
  for (const name of known) {
    if (found.has(name)) continue;
    await tx.updateTable('alerts').set({ until: now }).where('name', '=', name).where('until', 'is', null).execute();
  }
}

/** Ongoing alerts, the oldest first. */
export async function openAlerts(db: Executor): Promise<Alert[]> {
  const rows = db.selectFrom('alerts').select(['name', 'message', 'since', 'until']).where('until', 'is', null);
  return await rows.orderBy('since').orderBy('name').execute();
}

/** Time of the first unreported event; undefined: everything is reported. */
export async function unreportedSince(db: Executor): Promise<number | undefined> {
  const { rows } = await sql<{ first: number | null }>`select
    min(case reported when ${sql.lit(reported.nothing)} then since when ${sql.lit(reported.begun)} then until end) as first
    from alerts`.execute(db);
  return rows[0]?.first ?? undefined;
}

/**
 * Sends each channel one notice about all unreported events. `inWords` writes it from the alerts that began (and may be over) and from the
 * reported ones that are over. Only one process reports an event.
 */
export async function reportAlerts(
  tx: Executor,
  channels: readonly string[],
  { now, inWords }: { now: number; inWords: (begun: readonly Alert[], over: readonly Alert[]) => NoticeContent },
): Promise<void> {
  const begun = await claimUnreported(tx, 'begun');
  const over = await claimUnreported(tx, 'over');
  if (begun.length + over.length === 0) return;
  const content = inWords(begun, over);
  await insertNotices(
    tx,
    channels.map((channel) => ({ channel, postKey: `alerts ${now}`, content, at: now })),
  );
}

async function claimUnreported(tx: Executor, which: 'begun' | 'over'): Promise<Alert[]> {
  const { nothing, begun, all } = reported;
  const claimed = tx
    .updateTable('alerts')
    .set({ reported: sql<number>`case when until is null then ${sql.lit(begun)} else ${sql.lit(all)} end` })
    .where('reported', '=', which === 'begun' ? nothing : begun);
  const some = which === 'begun' ? claimed : claimed.where('until', 'is not', null);
  const rows = await some.returning(['name', 'message', 'since', 'until']).execute();
  return rows.toSorted((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1));
}

/** Deletes alerts that are over; where channels `areNotified`, only reported ones. */
export async function purgeAlerts(tx: Executor, areNotified: boolean): Promise<void> {
  const over = tx.deleteFrom('alerts').where('until', 'is not', null);
  await (areNotified ? over.where('reported', '=', reported.all) : over).execute();
}

/** Abandoned replies whose outcome stays unknown, the latest first. */
export async function lostReplies(
  db: Executor,
  limit: number,
): Promise<{ key: string; post_key: string; reason: string | null }[]> {
  const rows = db.selectFrom('replies').select(['key', 'post_key', 'reason']);
  // Literal, so that the databases use the index.
  const lost = rows.where(sql<SqlBool>`state = 'abandoned' and due_at is null and reason like 'outcome unknown%'`);
  return await lost.orderBy('updated_at', 'desc').limit(limit).execute();
}

/** Number of held replies that were planned before, at most `limit`. */
export async function heldSince(db: Executor, before: number, limit: number): Promise<number> {
  const rows = db.selectFrom('replies').select('key').where('state', '=', 'held').where('planned_at', '<=', before);
  return (await rows.limit(limit).execute()).length;
}
