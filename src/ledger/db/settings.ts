import type { JsonColumn } from './json-column.ts';
import type { Executor } from './schema.ts';

/** A value of the ledger's key-value table. Undefined: it was never written. */
export async function readSetting<T>(db: Executor, codec: JsonColumn<T>, name: string): Promise<T | undefined> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
  return row && codec.decode(row.value, name);
}

/** All values whose names begin with `prefix`, by the rest of the name. */
export async function readSettings<T>(db: Executor, codec: JsonColumn<T>, prefix: string): Promise<Map<string, T>> {
  const rows = await db.selectFrom('settings').selectAll().where('name', 'like', `${prefix}%`).execute();
  return new Map(rows.map(({ name, value }) => [name.slice(prefix.length), codec.decode(value, name)]));
}

export async function writeSetting<T>(tx: Executor, codec: JsonColumn<T>, name: string, value: T): Promise<void> {
  const text = codec.encode(value);
  await tx
    .insertInto('settings')
    .values({ name, value: text })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: text }))
    .execute();
}
