import type { SchemaModule } from 'kysely';

/** Rules that were in force, by their version. */
export interface RulebooksTable {
  version: string;
  /** The file as it was, with its comments. */
  text: string;
  /** When a bot first went by them. */
  since: number;
  /** When one last began to: they may come back. */
  last: number;
}

/** When something was last done that one process does for all. */
export interface SchedulerLocksTable {
  name: string;
  at: number;
}

/** Small facts of the whole ledger: who runs it, since when. */
export interface SettingsTable {
  name: string;
  value: string;
}

/** Makes the tables of what processes know of one another, and by which rules they decide. */
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
