import { type Kysely, sql } from 'kysely';

// Frozen: ledgers exist that have run this file, so it never changes and imports nothing of ours. A change of the schema is a new migration.

/**
 * Counts the posts of an hour, and the replies of a publisher in an hour, by state, each by a range of an index. Reads decided posts in their
 * order, without sorting those of the same time.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // An index of all states would be taken for statements that find a post by its key.
  `create index posts_pending on posts (ingested_at) where state = 'pending'`,
  `create index posts_decided on posts (ingested_at, key) where state = 'decided'`,
  `create index replies_by_state on replies (publisher, state, claimed_at) where claimed_at is not null`,
];
