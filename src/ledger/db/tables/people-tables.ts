import type { SchemaModule } from 'kysely';

/** Authors who asked to be left alone. */
export interface OptOutsTable {
  /** `platform:id` of the author. */
  person: string;
  /** The key of the post that said so, or `operator`. */
  source: string;
  at: number;
}

/** Authors who asked to be answered without addressing the bot each time. */
export interface OptInsTable {
  /** `platform:id` of the author. */
  person: string;
  /** How they said so, in the operator's words. */
  source: string;
  at: number;
}

/** What operators did by hand. Nothing is ever taken out. */
export interface AuditLogTable {
  id: string;
  at: number;
  /** Who, as the operating system or the command line says. */
  actor: string;
  /** `pause`, `reply approve`, `consent add`. */
  action: string;
  /** What it was done to: a key, a person, a scope. */
  target: string;
  /** In the operator's words, or what changed; empty: nothing to say. */
  note: string;
}

/** Who is logged in to the operator's page. */
export interface SessionsTable {
  /** Hash of what the browser holds: who reads the ledger can log in nowhere. */
  id: string;
  name: string;
  /** Hash of the password's hash: another password ends the session. */
  proof: string;
  started_at: number;
  /** When it was last used, to within a minute. */
  seen_at: number;
}

/** Makes the tables of what people asked for, and what operators did. */
export async function peopleTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('opt_outs')
    .addColumn('person', 'text', (c) => c.primaryKey())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('opt_ins')
    .addColumn('person', 'text', (c) => c.primaryKey())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('audit_log')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('note', 'text', (c) => c.notNull())
    .execute();
  await schema.createIndex('audit_log_at').on('audit_log').column('at').execute();
  await schema
    .createTable('sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('proof', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .execute();
}
