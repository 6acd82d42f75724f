import { type Kysely, sql } from 'kysely';

/** When a page of the old viewer was last read for its anchors, and what has become of the viewer since. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['anchors_checked_at bigint', 'moved text'])
    await sql.raw(`alter table link_hosts add column ${column}`).execute(db);
}
