import { type Kysely, sql } from 'kysely';

// Frozen like the initial migration: it never changes and imports nothing of ours.

/** Shares of quotas, and queues that one sender cannot fill. src/ledger/db/tables explains the columns. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table replies add column summoned integer not null default 0`,
  `alter table replies add column turn bigint not null default 0`,
  `create index replies_in_turn on replies (publisher, turn, planned_at) where state = 'planned'`,
  `create index replies_waiting on replies (publisher, author, turn) where state = 'planned'`,
  `create index replies_held on replies (author, due_at) where state = 'held'`,
  `alter table trackbacks add column domain text not null default ''`,
  `alter table trackbacks add column probed_at bigint`,
  `update trackbacks set domain = host`,
  `drop index trackbacks_of_host`,
  `create index trackbacks_of_domain on trackbacks (domain, probed_at)`,
  `create index trackbacks_probed on trackbacks (probed_at) where probed_at is not null`,
];
