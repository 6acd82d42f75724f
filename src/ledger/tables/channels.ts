import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** Makes the tables of what channels are told. */
export async function channelTables(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('issues')
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('date', 'text', (c) => c.notNull())
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('tally', 'text', (c) => c.notNull())
    .addColumn('made_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('issues_key', ['digest', 'date'])
    .execute();
  await db.schema
    .createTable('deliveries')
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('date', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('deliveries_key', ['digest', 'target', 'date'])
    .execute();
  await db.schema
    .createIndex('deliveries_due')
    .on('deliveries')
    .column('due_at')
    .where('due_at', 'is not', null)
    .execute();
  await db.schema
    .createTable('notices')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('post_key', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('notices_due')
    .on('notices')
    .columns(['channel', 'due_at'])
    .where('due_at', 'is not', null)
    .execute();
  await db.schema.createIndex('notices_of_post').on('notices').column('post_key').execute();
  await db.schema
    .createTable('alarms')
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('until', 'bigint')
    .addColumn('told', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('alarms_key', ['name', 'since'])
    .execute();
}
