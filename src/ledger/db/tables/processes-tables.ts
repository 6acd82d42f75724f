import type { SchemaModule } from 'kysely';

/** Versions of the rules that were in force. */
export interface RulebooksTable {
  version: string;
  /** Source text, with comments. */
  text: string;
  /** First time when a bot applied them. */
  since: number;
  /** Last time when a bot started to apply them; an old version may come back. */
  last: number;
}

/** Last run of each job that one process runs for all. */
export interface SchedulerLocksTable {
  name: string;
  at: number;
}

/** Key-value settings of the ledger, such as heartbeats. */
export interface SettingsTable {
  name: string;
  value: string;
}

/** Creates the tables of rulebooks, scheduler locks and settings. */
export async function processTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('rulebooks')
    .addColumn('version', 'text', (c) => c.primaryKey())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addColumn('last', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('scheduler_locks')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('settings')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
}
