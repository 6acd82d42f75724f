import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** Makes the tables of what processes know of one another, and by which rules they decide. */
export async function processTables(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('rulebooks')
    .addColumn('version', 'text', (c) => c.primaryKey())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('last', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('ticks')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('notes')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}
