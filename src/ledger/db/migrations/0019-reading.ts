import { type Kysely, sql } from 'kysely';

// Frozen: ledgers exist that have run this file, so it never changes and imports nothing of ours. A change of the schema is a new migration.

/** Editions keep which posts they name as worth reading, by short ids, in place of going through all posts of their period. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table editions add column reading text`.execute(db);
}
