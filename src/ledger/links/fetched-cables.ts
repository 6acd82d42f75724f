import type { Executor } from '../db/schema.ts';

/** The fetched page of a cable. Undefined: none was fetched, or the cable was not on it. */
export async function pageOf(db: Executor, id: string): Promise<string | undefined> {
  const row = await db.selectFrom('pages').select('page').where('reference_id', '=', id).executeTakeFirst();
  return row?.page ?? undefined;
}

export async function countPages(db: Executor): Promise<number> {
  const { count } = await db
    .selectFrom('pages')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('page', 'is not', null)
    .executeTakeFirstOrThrow();
  return count;
}

export async function purgePages(tx: Executor, before: number): Promise<void> {
  await tx.deleteFrom('pages').where('at', '<', before).execute();
}
