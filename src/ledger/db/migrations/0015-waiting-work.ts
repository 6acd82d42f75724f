import { type Kysely, sql } from 'kysely';

/** Finds what waits for a person without reading whole tables. A row without problems never enters these indexes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const index of [
    `posts_failed on posts (ingested_at) where state = 'failed'`,
    `notices_lost on notices (channel) where due_at is null and error is not null`,
    `deliveries_failed on deliveries (digest, date) where due_at is null and error is not null`,
  ])
    await sql.raw(`create index ${index}`).execute(db);
}
