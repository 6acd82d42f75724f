import { type Kysely, sql } from 'kysely';

/** The content that takes the place of a sent reply, and how often that happened on a day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['replacement text', 'replacements integer not null default 0'])
    await sql.raw(`alter table replies add column ${column}`).execute(db);
}
