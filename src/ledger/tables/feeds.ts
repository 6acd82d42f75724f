import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** Makes the tables of what is read from, and what could not be. */
export async function feedTables(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('feeds')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('cursor', 'text')
    .addColumn('epoch', 'integer', (c) => c.notNull())
    .addColumn('holder', 'text')
    .addColumn('lease_until', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('last_error', 'text')
    .addColumn('seen', 'bigint', (c) => c.notNull())
    .addColumn('kept', 'bigint', (c) => c.notNull())
    .addColumn('rejected', 'bigint', (c) => c.notNull())
    .addColumn('polled_at', 'bigint')
    .addColumn('since', 'bigint')
    .execute();
  await db.schema
    .createTable('rejects')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('feed', 'text', (c) => c.notNull())
    .addColumn('position', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('excerpt', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('rejects_at').on('rejects').column('at').execute();
  await db.schema
    .createTable('outages')
    .addColumn('feed', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('until', 'bigint')
    .addColumn('reason', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('outages_key', ['feed', 'since'])
    .execute();
}
