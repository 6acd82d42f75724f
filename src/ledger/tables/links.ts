import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Makes the tables of what replies lead to. */
export async function linkTables(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('link_checks')
    .addColumn('url', 'text', (c) => c.primaryKey())
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('wanted', 'text')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('checked_at', 'bigint')
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('failing_since', 'bigint')
    .addColumn('dead_since', 'bigint')
    .addColumn('reason', 'text')
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('link_checks_due').on('link_checks').columns(['host', 'due_at']).execute();
  await db.schema.createIndex('link_checks_state').on('link_checks').columns(['state', 'checked_at']).execute();
  await db.schema
    .createIndex('link_checks_wanted')
    .on('link_checks')
    .columns(['host', 'due_at'])
    .where(sql.ref('wanted'), 'is not', null)
    .execute();
  await db.schema
    .createTable('link_hosts')
    .addColumn('host', 'text', (c) => c.primaryKey())
    .addColumn('next_at', 'bigint', (c) => c.notNull())
    .addColumn('lease_until', 'bigint')
    .addColumn('refuses_head', 'integer', (c) => c.notNull())
    .addColumn('robots', 'text')
    .addColumn('robots_at', 'bigint')
    .addColumn('failures', 'integer', (c) => c.notNull())
    .addColumn('failing_since', 'bigint')
    .addColumn('dead_since', 'bigint')
    .addColumn('rest_until', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('asked_at', 'bigint')
    .execute();
  await db.schema
    .createTable('pages')
    .addColumn('reference_id', 'text', (c) => c.primaryKey())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('page', 'text')
    .addColumn('reason', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
}
