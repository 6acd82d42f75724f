import { sql } from 'kysely';
import { insertNotices } from './notices.ts';
import type { Executor } from '../db/schema.ts';

/** What stands, as somebody found it. Its name stays the same as long as it is the same trouble. */
export interface Trouble {
  readonly name: string;
  /** In words. */
  readonly message: string;
}

/** What the operator is to know. Times are milliseconds since the Unix epoch. */
export interface Alert extends Trouble {
  readonly since: number;
  /** Null: it lasts. */
  readonly until: number | null;
}

/** How much of an alert channels were told. */
const reported = { nothing: 0, begun: 1, all: 2 } as const;

/** Writes down what began and what is over. */
export async function noteTroubles(tx: Executor, troubles: readonly Trouble[], now: number): Promise<void> {
  const known = new Set((await standing(tx)).map(({ name }) => name));
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

/** Alerts that last, the oldest first. */
export async function standing(db: Executor): Promise<Alert[]> {
  const rows = db.selectFrom('alerts').select(['name', 'message', 'since', 'until']).where('until', 'is', null);
  return await rows.orderBy('since').orderBy('name').execute();
}

/** When the first thing happened that nobody was told of; undefined: everything is told. */
export async function untoldSince(db: Executor): Promise<number | undefined> {
  const begun = await db
    .selectFrom('alerts')
    .select(({ fn }) => fn.min('since').as('first'))
    .where('reported', '=', reported.nothing)
    .executeTakeFirst();
  const over = await db
    .selectFrom('alerts')
    .select(({ fn }) => fn.min('until').as('first'))
    .where('reported', '=', reported.begun)
    .where('until', 'is not', null)
    .executeTakeFirst();
  const times = [begun?.first, over?.first].flatMap((time) => (time === null || time === undefined ? [] : [time]));
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * Tells the channels what they were not told, in one notice each: `inWords` makes it of the alerts that began (and may be over already) and
 * of those that were told of and are over. Whoever writes first does it alone.
 */
export async function reportAlerts(
  tx: Executor,
  channels: readonly string[],
  { now, inWords }: { now: number; inWords: (begun: readonly Alert[], over: readonly Alert[]) => string },
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
  const untold = tx.updateTable('alerts');
  const taken =
    which === 'begun'
      ? untold
          .set({
            reported: sql<number>`case when until is null then ${sql.lit(reported.begun)} else ${sql.lit(reported.all)} end`,
          })
          .where('reported', '=', reported.nothing)
      : untold.set({ reported: reported.all }).where('reported', '=', reported.begun).where('until', 'is not', null);
  const rows = await taken.returning(['name', 'message', 'since', 'until']).execute();
  return rows.toSorted((a, b) => a.since - b.since || (a.name < b.name ? -1 : 1));
}

/** What is over, and was told of where somebody `isTold` of alerts: nobody asks for it any more. */
export async function purgeAlerts(tx: Executor, isTold: boolean): Promise<void> {
  const over = tx.deleteFrom('alerts').where('until', 'is not', null);
  await (isTold ? over.where('reported', '=', reported.all) : over).execute();
}

/** Replies of which nobody will ever know whether they are out, the latest first. */
export async function lostReplies(db: Executor, limit: number): Promise<{ key: string; reason: string | null }[]> {
  const rows = db.selectFrom('replies').select(['key', 'reason']).where('state', '=', 'abandoned');
  const atRest = rows.where('due_at', 'is', null).where('sent_at', 'is', null);
  return await atRest.where('reason', 'like', 'outcome unknown%').orderBy('updated_at', 'desc').limit(limit).execute();
}

/** How many replies wait for a person that were planned before, at most `limit`. */
export async function heldSince(db: Executor, before: number, limit: number): Promise<number> {
  const rows = db.selectFrom('replies').select('key').where('state', '=', 'held').where('planned_at', '<=', before);
  return (await rows.limit(limit).execute()).length;
}

/** Issues of digests that will not arrive. */
export async function lostDeliveries(db: Executor, limit: number) {
  const rows = db.selectFrom('deliveries').select(['digest', 'date', 'target', 'error']).where('due_at', 'is', null);
  return await rows.where('error', 'is not', null).orderBy('date', 'desc').limit(limit).execute();
}
