import type { SchemaModule } from 'kysely';

/** Issued digests, one per day. */
export interface EditionsTable {
  digest: string;
  /** The local day: `2026-11-24`. */
  date: string;
  /** JSON of digest/model. */
  model: string;
  /** JSON of digest/tally: the counts published for the day. */
  tally: string;
  made_at: number;
}

/** Deliveries of editions, one per target. */
export interface DeliveriesTable {
  digest: string;
  date: string;
  /** `files`, `channel NAME` or `account NAME`. */
  target: string;
  /** Time of the next attempt; null: delivered or abandoned. */
  due_at: number | null;
  attempts: number;
  /** Error of the last attempt. */
  error: string | null;
}

/** Notices for channels, requested by rules. */
export interface NoticesTable {
  /** Channel and post: one each. */
  id: string;
  channel: string;
  post_key: string;
  /** JSON of the message; empty after delivery. */
  content: string;
  /** Time of the next attempt; null: delivered or abandoned. */
  due_at: number | null;
  attempts: number;
  /** Error of the last attempt. */
  error: string | null;
  at: number;
}

/** Alerts for the operator. */
export interface AlertsTable {
  name: string;
  message: string;
  since: number;
  /** Null: ongoing. */
  until: number | null;
  /** 0: nothing is reported, 1: the beginning, 2: the end as well. */
  reported: number;
}

/** Creates the tables of editions, deliveries, notices and alerts. */
export async function channelTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('editions')
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('date', 'text', (c) => c.notNull())
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('tally', 'text', (c) => c.notNull())
    .addColumn('made_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('editions_key', ['digest', 'date'])
    .execute();
  await schema
    .createTable('deliveries')
    .addColumn('digest', 'text', (c) => c.notNull())
    .addColumn('date', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('error', 'text')
    .addPrimaryKeyConstraint('deliveries_key', ['digest', 'target', 'date'])
    .execute();
  await schema
    .createIndex('deliveries_due')
    .on('deliveries')
    .column('due_at')
    .where('due_at', 'is not', null)
    .execute();
  await schema
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
  await schema
    .createIndex('notices_due')
    .on('notices')
    .columns(['channel', 'due_at'])
    .where('due_at', 'is not', null)
    .execute();
  await schema.createIndex('notices_of_post').on('notices').column('post_key').execute();
  await schema
    .createTable('alerts')
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('until', 'bigint')
    .addColumn('reported', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('alerts_key', ['name', 'since'])
    .execute();
}
