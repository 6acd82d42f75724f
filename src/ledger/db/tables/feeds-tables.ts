import type { SchemaModule } from 'kysely';

/** Cursor, lease and counters of a feed. */
export interface FeedsTable {
  name: string;
  cursor: string | null;
  /** Grows with each lease; a cursor write with an older epoch is refused. */
  epoch: number;
  holder: string | null;
  lease_until: number;
  /** Time of the next poll. */
  due_at: number;
  failures: number;
  last_error: string | null;
  seen: number;
  ingested: number;
  rejected: number;
  polled_at: number | null;
  /** First poll; null: before this column existed. */
  since: number | null;
}

export interface RejectsTable {
  id: string;
  feed: string;
  position: string;
  reason: string;
  excerpt: string;
  at: number;
}

/** Periods in which a feed could not be read; feed `*`: in which no process ran. */
export interface OutagesTable {
  feed: string;
  since: number;
  /** Null: ongoing. */
  until: number | null;
  reason: string;
}

/** Creates the tables of feeds, rejects and outages. */
export async function feedTables(schema: SchemaModule): Promise<void> {
  await schema
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
    .addColumn('ingested', 'bigint', (c) => c.notNull())
    .addColumn('rejected', 'bigint', (c) => c.notNull())
    .addColumn('polled_at', 'bigint')
    .addColumn('since', 'bigint')
    .execute();
  await schema
    .createTable('rejects')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('feed', 'text', (c) => c.notNull())
    .addColumn('position', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('excerpt', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.createIndex('rejects_at').on('rejects').column('at').execute();
  await schema
    .createTable('outages')
    .addColumn('feed', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('until', 'bigint')
    .addColumn('reason', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('outages_key', ['feed', 'since'])
    .execute();
}
