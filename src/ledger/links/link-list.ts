import { type LinkState, linkStates } from '../../core/link-health.ts';
import { countRows, mostCounted } from '../db/queries.ts';
import type { Executor, LinkHostRow, LinkRow } from '../db/schema.ts';

/** Linked pages, the latest probe first. */
export async function listLinks(
  db: Executor,
  { states, limit }: { states: readonly LinkState[]; limit: number },
): Promise<LinkRow[]> {
  const all = db.selectFrom('link_checks').selectAll();
  const some = states.length === 0 ? all : all.where('state', 'in', states);
  return await some
    .orderBy('checked_at', (by) => by.desc().nullsLast())
    .orderBy('url')
    .limit(limit)
    .execute();
}

/** Makes one page or all pages due. Returns their number. */
export async function probeSoon(tx: Executor, now: number, url?: string): Promise<number> {
  const all = tx.updateTable('link_checks').set({ due_at: now });
  const result = await (url === undefined ? all : all.where('url', '=', url)).executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Number of pages by state, up to `mostCounted` each. */
export async function countLinks(db: Executor): Promise<ReadonlyMap<LinkState, number>> {
  const counts = linkStates.map(async (state) => {
    const some = db.selectFrom('link_checks').select('state').where('state', '=', state).limit(mostCounted);
    return [state, await countRows(db, some)] as const;
  });
  return new Map(await Promise.all(counts));
}

/** Failing sites, most failures first. */
export async function faultyHosts(db: Executor): Promise<LinkHostRow[]> {
  const faulty = db.selectFrom('link_hosts').selectAll().where('reason', 'is not', null);
  return await faulty.orderBy('failures', 'desc').orderBy('host').limit(20).execute();
}

/** Deletes pages that no resolution has linked to since `before`. */
export async function purgeLinks(tx: Executor, before: number): Promise<void> {
  await tx.deleteFrom('link_checks').where('seen_at', '<', before).execute();
}

/** The fetched page of a cable. Undefined: none was fetched, or the cable was not on it. */
export async function pageOf(db: Executor, id: string): Promise<string | undefined> {
  const row = await db.selectFrom('pages').select('page').where('reference_id', '=', id).executeTakeFirst();
  return row?.page ?? undefined;
}

export async function countPages(db: Executor): Promise<number> {
  return await countRows(db, db.selectFrom('pages').select('url').where('page', 'is not', null));
}

export async function purgePages(tx: Executor, before: number): Promise<void> {
  await tx.deleteFrom('pages').where('at', '<', before).execute();
}
