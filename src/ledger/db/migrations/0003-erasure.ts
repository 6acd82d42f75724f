import { type Kysely, PostgresAdapter, sql } from 'kysely';

// Frozen: ledgers exist that have run this file, so it never changes and imports nothing of ours. A change of the schema is a new migration.

/**
 * Lets keys of deleted posts be replaced by hashes: an index finds those posts, and on PostgreSQL a transaction may change a key before its
 * references (SQLite can do that without a change). Another index lists the authors of a platform, whose deletions are looked for. A ledger that is in use may hold deleted texts in free pages: the next tidying erases them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index posts_deleted on posts (key) where state = 'deleted'`.execute(db);
  await sql`create index posts_authors on posts (platform, author)`.execute(db);
  await sql`insert into settings (name, value) select 'purged', '0' where exists (select 1 from posts)`.execute(db);
  if (!(db.getExecutor().adapter instanceof PostgresAdapter)) return;
  await sql`alter table mentions alter constraint mentions_post_key_fkey deferrable`.execute(db);
  await sql`alter table replies alter constraint replies_post_key_fkey deferrable`.execute(db);
}
