import { type SchemaModule, sql } from 'kysely';
import type { LinkState } from '../../../core/link-health.ts';

/** Pages that replies lead to: core/link-health. */
export interface LinkChecksTable {
  /** Without a fragment. */
  url: string;
  /** With its port, as URLs write it. */
  host: string;
  /** The cable whose text is missing, and is to be read from this page. */
  wanted: string | null;
  state: LinkState;
  due_at: number;
  checked_at: number | null;
  failures: number;
  failing_since: number | null;
  dead_since: number | null;
  reason: string | null;
  /** When a resolution last led there, to the month. */
  seen_at: number;
}

/** The sites of these pages: core/link-health. One process asks one question at a time of each. */
export interface LinkHostsTable {
  host: string;
  /** Nothing is asked before, for politeness. */
  next_at: number;
  /** Somebody is asking until then, unless it is over before. */
  lease_until: number | null;
  /** 1: it does not take HEAD. */
  refuses_head: number;
  /** Its robots.txt: empty where there is none; null: not read yet. */
  robots: string | null;
  robots_at: number | null;
  failures: number;
  failing_since: number | null;
  dead_since: number | null;
  /** Nothing is asked before: the breaker is open, or the site asked for patience. */
  blocked_until: number;
  reason: string | null;
  /** When it was last asked. */
  asked_at: number | null;
}

/** Pages of cables whose texts are nowhere else, as they were fetched. */
export interface PagesTable {
  reference_id: string;
  url: string;
  /** Null: there was no such cable in it. */
  page: string | null;
  /** Why not. */
  reason: string | null;
  at: number;
}

/** Makes the tables of what replies lead to. */
export async function linkTables(schema: SchemaModule): Promise<void> {
  await schema
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
  await schema.createIndex('link_checks_due').on('link_checks').columns(['host', 'due_at']).execute();
  await schema.createIndex('link_checks_state').on('link_checks').columns(['state', 'checked_at']).execute();
  await schema
    .createIndex('link_checks_wanted')
    .on('link_checks')
    .columns(['host', 'due_at'])
    .where(sql.ref('wanted'), 'is not', null)
    .execute();
  await schema
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
    .addColumn('blocked_until', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('asked_at', 'bigint')
    .execute();
  await schema
    .createTable('pages')
    .addColumn('reference_id', 'text', (c) => c.primaryKey())
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('page', 'text')
    .addColumn('reason', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
}
