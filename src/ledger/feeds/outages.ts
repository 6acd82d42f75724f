import type { Gap } from '../../core/digest-filter.ts';
import type { Executor } from '../db/schema.ts';

/** Stands for all feeds: nothing ran. */
const all = '*';
/** Nobody said within this time that the bot runs. */
const aliveWithinMs = 150_000;
const settingName = 'watched';

/** A feed cannot be read, unless that is known already. */
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

/** The feed can be read again. */
export async function endOutage(tx: Executor, feed: string, now: number): Promise<void> {
  await tx.updateTable('outages').set({ until: now }).where('feed', '=', feed).where('until', 'is', null).execute();
}

/** Some process works on the ledger now; where none said so for a while, that is an outage of all feeds. */
export async function recordWatched(tx: Executor, now: number): Promise<void> {
  const before = await watch(tx);
  const isNew = before === undefined || now - before.last > aliveWithinMs;
  if (before !== undefined && isNew)
    await insertOutage(tx, { feed: all, since: before.last, until: now, reason: 'not running' });
  const value = JSON.stringify({ since: isNew ? now : before.since, last: Math.max(now, before?.last ?? 0) });
  await tx
    .insertInto('settings')
    .values({ name: settingName, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
}

/** Since when some process works on the ledger without a break; undefined: none does. */
export async function watchedSince(db: Executor, now: number): Promise<number | undefined> {
  const found = await watch(db);
  return found !== undefined && now - found.last <= aliveWithinMs ? found.since : undefined;
}

async function watch(db: Executor): Promise<{ readonly since: number; readonly last: number } | undefined> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', settingName).executeTakeFirst();
  return row && (JSON.parse(row.value) as { since: number; last: number });
}

/** Times within this span in which something was not read, and feeds that were not known until then. A stream is no feed of its own. */
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

/** Feeds that cannot be read since before `since`, with the reason. */
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
