import type { SchemaModule } from 'kysely';

/** Digests that were issued, one for each day. */
export interface EditionsTable {
  digest: string;
  /** The local day: `2026-11-24`. */
  date: string;
  /** JSON of digest/model. */
  model: string;
  /** JSON of digest/tally: what is told of the day in it. */
  tally: string;
  made_at: number;
}

/** Where an issue goes, once each. */
export interface DeliveriesTable {
  digest: string;
  date: string;
  /** `files`, `channel NAME` or `account NAME`. */
  target: string;
  /** When it is next to be tried; null: it is out, or given up. */
  due_at: number | null;
  attempts: number;
  /** Why it is not out. */
  error: string | null;
}

/** What channels are to be told of, because a rule says so. */
export interface NoticesTable {
  /** Channel and post: one each. */
  id: string;
  channel: string;
  post_key: string;
  /** JSON of what there is to tell; empty once it is out. */
  content: string;
  /** When it is next to be sent; null: it is out, or given up. */
  due_at: number | null;
  attempts: number;
  /** Why it is not out. */
  error: string | null;
  at: number;
}

/** What the operator is to know as long as it lasts. */
export interface AlertsTable {
  name: string;
  message: string;
  since: number;
  /** Null: it lasts. */
  until: number | null;
  /** Channels were told. */
  reported: number;
}

/** Makes the tables of what channels are told. */
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
