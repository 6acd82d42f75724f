import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** Makes the tables of what other sites say of cables. */
export async function trackbackTables(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('trackbacks')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('cable', 'text', (c) => c.notNull())
    .addColumn('page', 'text', (c) => c.notNull())
    .addColumn('paragraph', 'integer')
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('site', 'text', (c) => c.notNull())
    .addColumn('excerpt', 'text', (c) => c.notNull())
    .addColumn('post_key', 'text')
    .addColumn('due_at', 'bigint')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('trackbacks_due')
    .on('trackbacks')
    .column('due_at')
    .where('due_at', 'is not', null)
    .execute();
  await db.schema.createIndex('trackbacks_of_host').on('trackbacks').columns(['host', 'at']).execute();
  await db.schema.createIndex('trackbacks_in_state').on('trackbacks').columns(['state', 'at']).execute();
}
