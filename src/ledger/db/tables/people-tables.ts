import type { SchemaModule } from 'kysely';

/** Authors who opted out. */
export interface OptOutsTable {
  /** `platform:id` of the author. */
  person: string;
  /** Key of the post with the request, or `operator`. */
  source: string;
  at: number;
}

/** Authors who opted in: the bot may reply to them unsummoned. */
export interface OptInsTable {
  /** `platform:id` of the author. */
  person: string;
  /** Origin of the consent, in the operator's words. */
  source: string;
  at: number;
}

/** Audit log of operators' actions; append-only. */
export interface AuditLogTable {
  id: string;
  at: number;
  /** Name from the operating system or the command line. */
  actor: string;
  /** `pause`, `reply approve`, `consent add`. */
  action: string;
  /** A key, a person or a scope. */
  target: string;
  /** The operator's words, or the change; may be empty. */
  note: string;
}

/** Logins to the operator's page. */
export interface SessionsTable {
  /** Hash of the browser's token, so that reading the ledger does not permit a login. */
  id: string;
  name: string;
  /** Hash of the password's hash: a new password ends the session. */
  proof: string;
  started_at: number;
  /** Last use, accurate to a minute. */
  seen_at: number;
}

/** Creates the tables of consent, audit log and sessions. */
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
