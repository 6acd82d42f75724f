import type { z } from 'zod';
import { JsonColumn, readEach } from './json-column.ts';
import type { Executor } from './schema.ts';

/** A value of the ledger's key-value table. Undefined: it was never written. */
export async function readSetting<T>(db: Executor, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
  return row && new JsonColumn('settings.value', schema).decode(row.value, name);
}

/** All values whose names begin with `prefix`, by the rest of the name. */
export async function readSettings<T>(db: Executor, prefix: string, schema?: z.ZodType<T>): Promise<Map<string, T>> {
  const codec = new JsonColumn('settings.value', schema);
  const rows = await db.selectFrom('settings').selectAll().where('name', 'like', `${prefix}%`).execute();
  return new Map(readEach(rows, ({ name, value }) => [name.slice(prefix.length), codec.decode(value, name)] as const));
}

export async function writeSetting(tx: Executor, name: string, value: unknown): Promise<void> {
  const text = new JsonColumn('settings.value').encode(value);
  await tx
    .insertInto('settings')
    .values({ name, value: text })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: text }))
    .execute();
}
