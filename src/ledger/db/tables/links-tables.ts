import { type SchemaModule, sql } from 'kysely';
import type { LinkState } from '../../../core/link-health.ts';

/** Pages that replies link to: core/link-health. */
export interface LinkChecksTable {
  /** Without a fragment. */
  url: string;
  /** Host and port, as in URLs. */
  host: string;
  /** Id of a cable whose missing text is wanted from this page. */
  wanted: string | null;
  state: LinkState;
  due_at: number;
  checked_at: number | null;
  failures: number;
  failing_since: number | null;
  dead_since: number | null;
  reason: string | null;
  /** Last resolution that linked there, accurate to a month. */
  seen_at: number;
}

/** The sites of these pages: core/link-health. Each gets one request at a time. */
export interface LinkHostsTable {
  host: string;
  /** No request before this time, for politeness. */
  next_at: number;
  /** Lease of the current request. */
  lease_until: number | null;
  /** 1: it does not support HEAD. */
  refuses_head: number;
  /** Its robots.txt: empty if there is none; null: not read yet. */
  robots: string | null;
  robots_at: number | null;
  failures: number;
  failing_since: number | null;
  dead_since: number | null;
  /** No request before this time: the breaker is open, or the site asked to wait. */
  blocked_until: number;
  reason: string | null;
  /** Time of the last request. */
  asked_at: number | null;
}

/** Fetched pages of cables whose texts are missing in the corpus. */
export interface PagesTable {
  reference_id: string;
  url: string;
  /** Null: the cable was not on it. */
  page: string | null;
  /** Reason for null. */
  reason: string | null;
  at: number;
}

/** Creates the tables of link checks, hosts and fetched pages. */
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
