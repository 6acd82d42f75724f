import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** Makes the tables of what accounts may do at present, and what their calls cost. */
export async function accountTables(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('accounts')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('refusals', 'integer', (c) => c.notNull())
    .addColumn('rest_until', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text')
    .execute();
  await db.schema
    .createTable('pauses')
    .addColumn('scope', 'text', (c) => c.primaryKey())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('spending')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('amount', 'bigint', (c) => c.notNull())
    .addColumn('settled', 'integer', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('spending_of_account').on('spending').columns(['account', 'at']).execute();
}
