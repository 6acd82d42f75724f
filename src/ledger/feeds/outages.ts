import { z } from 'zod';
import type { Gap } from '../../core/digest.ts';
import { JsonColumn } from '../db/json-column.ts';
import type { Executor } from '../db/schema.ts';
import { readSetting, writeSetting } from '../db/settings.ts';

/** Means all feeds: no process ran. */
const all = '*';
/** Without a heartbeat for this long the bot counts as stopped. */
const aliveWithinMs = 150_000;
const settingName = 'watched';
/** The current uninterrupted run, and the last record of it. */
const watched = new JsonColumn('settings.value', z.object({ since: z.number(), last: z.number() }));

/** Opens an outage of a feed, unless one is open. */
export async function beginOutage(
  tx: Executor,
  feed: string,
  { now, reason }: { now: number; reason: string },
): Promise<void> {
  const open = await tx
    .selectFrom('outages')
    .select('since')
    .where('feed', '=', feed)
    .where('until', 'is', null)
    .executeTakeFirst();
  if (open !== undefined) return;
  await insertOutage(tx, { feed, since: now, until: null, reason });
}

/** Closes the open outage of a feed. */
export async function endOutage(tx: Executor, feed: string, now: number): Promise<void> {
  await tx.updateTable('outages').set({ until: now }).where('feed', '=', feed).where('until', 'is', null).execute();
}

/** Records that a process works on the ledger; a long gap since the last record becomes an outage of all feeds. */
export async function recordWatched(tx: Executor, now: number): Promise<void> {
  const before = await readSetting(tx, watched, settingName);
  const isNew = before === undefined || now - before.last > aliveWithinMs;
  if (before !== undefined && isNew)
    await insertOutage(tx, { feed: all, since: before.last, until: now, reason: 'not running' });
  const value = { since: isNew ? now : before.since, last: Math.max(now, before?.last ?? 0) };
  await writeSetting(tx, watched, settingName, value);
}

/** Start of the current uninterrupted run; undefined: the bot does not run. */
export async function watchedSince(db: Executor, now: number): Promise<number | undefined> {
  const found = await readSetting(db, watched, settingName);
  return found !== undefined && now - found.last <= aliveWithinMs ? found.since : undefined;
}

/** Outages in this period, and feeds that were new in it. Streams do not count as feeds. */
export async function gapsWithin(db: Executor, { from, to }: { from: number; to: number }): Promise<Gap[]> {
  const outages = await db
    .selectFrom('outages')
    .selectAll()
    .where('since', '<', to)
    .where((outage) => outage.or([outage('until', 'is', null), outage('until', '>', from)]))
    .where('feed', 'not like', '%~stream')
    .orderBy('since')
    .orderBy('feed')
    .execute();
  const late = await db
    .selectFrom('feeds')
    .select(['name', 'since'])
    .where('since', '>', from)
    .orderBy('name')
    .execute();
  return [
    ...outages.map(({ feed, since, until }): Gap => {
      return feed === all
        ? { feed: null, from: since, to: until, why: 'stopped' }
        : { feed, from: since, to: until, why: 'failing' };
    }),
    ...late.map(({ name, since }): Gap => ({ feed: name, from: 0, to: since, why: 'new' })),
  ];
}

/** Open outages that began before `since`. */
export async function longOutages(
  db: Executor,
  since: number,
): Promise<{ feed: string; since: number; reason: string }[]> {
  const rows = db.selectFrom('outages').select(['feed', 'since', 'reason']).where('until', 'is', null);
  return await rows.where('since', '<=', since).orderBy('feed').execute();
}

export async function purgeOutages(tx: Executor, before: number): Promise<void> {
  await tx.deleteFrom('outages').where('until', '<', before).execute();
}

async function insertOutage(
  tx: Executor,
  outage: { feed: string; since: number; until: number | null; reason: string },
): Promise<void> {
  await tx
    .insertInto('outages')
    .values(outage)
    .onConflict((conflict) => conflict.columns(['feed', 'since']).doUpdateSet({ until: outage.until }))
    .execute();
}
