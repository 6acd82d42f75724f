import type { Executor } from '../db/schema.ts';

const prefix = 'rhythm:';

/** Stored rhythms of these feeds, JSON by feed. */
export async function rhythmSettings(db: Executor, feeds: readonly string[]): Promise<Map<string, string>> {
  if (feeds.length === 0) return new Map();
  const names = feeds.map((feed) => prefix + feed);
  const rows = await db.selectFrom('settings').selectAll().where('name', 'in', names).execute();
  return new Map(rows.map(({ name, value }) => [name.slice(prefix.length), value]));
}

/** Stores rhythms, JSON by feed. */
export async function writeRhythmSettings(tx: Executor, settings: ReadonlyMap<string, string>): Promise<void> {
  if (settings.size === 0) return;
  await tx
    .insertInto('settings')
    .values([...settings].map(([feed, value]) => ({ name: prefix + feed, value })))
    .onConflict((conflict) => conflict.column('name').doUpdateSet((row) => ({ value: row.ref('excluded.value') })))
    .execute();
}
