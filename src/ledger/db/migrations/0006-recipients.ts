import { type Kysely, sql } from 'kysely';

// Frozen like the initial migration: it never changes and imports nothing of ours.

/** Deliveries that some recipients have and others are still to get. src/ledger/db/tables explains the columns. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table notices add column recipients text').execute(db);
  await sql.raw('alter table deliveries add column recipients text').execute(db);
}
