import { type Kysely, sql } from 'kysely';

/** Lists, counts and purges that cost the same in a ledger of years. A row without problems enters one of these indexes at most. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // Holds what `replies_stopped` held, in the order of the lists, and the replies that are sent.
  `drop index replies_stopped`,
  `create index replies_ended on replies (state, updated_at) where due_at is null`,
  `create index replies_lost on replies (updated_at)
    where state = 'abandoned' and due_at is null and reason like 'outcome unknown%'`,
  // Texts that go early: of few people, and of a platform that says when. A purged post leaves the index.
  `create index posts_limited_text on posts (coalesce(decided_at, ingested_at)) where due_at is null
    and post not like '%"text":""%' and (post like '%"visibility":"direct"%' or post like '%"visibility":"followers"%')`,
  `create index posts_text_of_x on posts (coalesce(decided_at, ingested_at)) where due_at is null
    and post not like '%"text":""%' and platform = 'x'`,
  `create index posts_to_purge on posts (key) where state = 'deleted' and key not like 'deleted:%'`,
  // With the key, so that a page of the posts that cite a cable reads no others.
  `drop index mentions_cable`,
  `create index mentions_cable on mentions (reference_id, at, post_key)`,
  `create index audit_log_of_target on audit_log (target, at)`,
  `create index editions_by_date on editions (date, digest)`,
  `create index consents_at on consents (at, person)`,
];
