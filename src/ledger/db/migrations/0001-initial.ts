import { type Kysely, sql } from 'kysely';

// Frozen: ledgers exist that have run this file, so it never changes and imports nothing of ours. A change of the schema is a new migration.

/** Creates the tables of the first release, with the same SQL on SQLite and PostgreSQL. src/ledger/db/tables explains the columns. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...posts, ...replies, ...feeds, ...accounts, ...people, ...channels, ...links, ...processes])
    await sql.raw(statement).execute(db);
}

const posts = [
  `create table posts (
    key text not null primary key,
    platform text not null,
    author text not null,
    thread text,
    feed text not null,
    post text not null,
    citations text not null,
    surplus integer not null,
    control text,
    revision integer not null,
    state text not null,
    due_at bigint, attempts integer not null, error text,
    verdict text,
    created_at bigint not null, ingested_at bigint not null, decided_at bigint
  )`,
  `create index posts_due on posts (due_at) where due_at is not null`,
  `create index posts_ingested_at on posts (ingested_at)`,
  // Rules count earlier posts by author and by thread.
  `create index posts_of_author on posts (author, ingested_at)`,
  `create index posts_in_thread on posts (thread, ingested_at) where thread is not null`,
  // Digests select posts by their day of creation.
  `create index posts_created_at on posts (created_at, key)`,
  `create table mentions (
    post_key text not null references posts (key),
    position integer not null,
    reference_id text,
    status text not null,
    resolution text not null,
    at bigint not null,
    primary key (post_key, position)
  )`,
  `create index mentions_cable on mentions (reference_id, at)`,
  `create table tombstones (hash text not null primary key, at bigint not null)`,
];

const replies = [
  `create table replies (
    key text not null primary key,
    post_key text not null references posts (key),
    publisher text not null,
    state text not null,
    payload text not null,
    scope text not null unique,
    author text not null,
    thread text not null,
    due_at bigint,
    attempts integer not null,
    lease_until bigint,
    first_attempt_at bigint,
    lookups integer not null,
    claimed_at bigint,
    repeat_until bigint,
    cancel_requested integer not null,
    reason text,
    published text, published_id text,
    planned_at bigint not null, sent_at bigint, updated_at bigint not null
  )`,
  `create index replies_due on replies (state, due_at) where due_at is not null`,
  `create index replies_of_post on replies (post_key)`,
  `create index replies_of_author on replies (author, claimed_at)`,
  // Limits count claimed replies, and people answer published ones: planned replies are in none of these.
  `create index replies_claimed_by_publisher on replies (publisher, claimed_at) where claimed_at is not null`,
  `create index replies_claimed_by_thread on replies (thread, claimed_at) where claimed_at is not null`,
  `create index replies_published on replies (published_id) where published_id is not null`,
  // Replies that stopped before they were sent: refused, rejected, abandoned. A row without problems never enters this index.
  `create index replies_stopped on replies (state) where due_at is null and sent_at is null`,
];

const feeds = [
  `create table feeds (
    name text not null primary key,
    cursor text,
    epoch integer not null,
    holder text, lease_until bigint not null, due_at bigint not null,
    failures integer not null, last_error text,
    seen bigint not null, ingested bigint not null, rejected bigint not null,
    polled_at bigint,
    since bigint not null
  )`,
  `create table rejects (
    id text not null primary key,
    feed text not null,
    position text not null,
    reason text not null, excerpt text not null,
    at bigint not null
  )`,
  `create index rejects_at on rejects (at)`,
  `create table outages (
    feed text not null,
    since bigint not null, until bigint,
    reason text not null,
    primary key (feed, since)
  )`,
];

const accounts = [
  `create table accounts (
    name text not null primary key,
    refusals integer not null,
    blocked_until bigint not null,
    reason text
  )`,
  `create table pauses (scope text not null primary key, reason text not null, since bigint not null)`,
  `create table spending (
    id text not null primary key,
    account text not null,
    amount bigint not null,
    settled integer not null,
    at bigint not null
  )`,
  `create index spending_of_account on spending (account, at)`,
];

const people = [
  `create table consents (
    person text not null primary key,
    choice text not null,
    source text not null,
    at bigint not null
  )`,
  `create table audit_log (
    id text not null primary key,
    at bigint not null,
    actor text not null,
    action text not null,
    target text not null,
    note text not null
  )`,
  `create index audit_log_at on audit_log (at)`,
  `create table sessions (
    id text not null primary key,
    name text not null,
    proof text not null,
    started_at bigint not null, seen_at bigint not null
  )`,
];

const channels = [
  `create table editions (
    digest text not null, date text not null,
    model text not null,
    tally text not null,
    made_at bigint not null,
    primary key (digest, date)
  )`,
  `create table deliveries (
    digest text not null, date text not null,
    target text not null,
    due_at bigint, attempts integer not null, error text,
    primary key (digest, target, date)
  )`,
  `create index deliveries_due on deliveries (due_at) where due_at is not null`,
  `create table notices (
    id text not null primary key,
    channel text not null,
    post_key text not null,
    content text,
    due_at bigint, attempts integer not null, error text,
    at bigint not null
  )`,
  `create index notices_due on notices (channel, due_at) where due_at is not null`,
  `create index notices_of_post on notices (post_key)`,
  `create table alerts (
    name text not null,
    message text not null,
    since bigint not null, until bigint,
    reported integer not null,
    primary key (name, since)
  )`,
];

const links = [
  `create table link_checks (
    url text not null primary key,
    host text not null,
    wanted text,
    state text not null,
    due_at bigint not null,
    checked_at bigint,
    failures integer not null, failing_since bigint, dead_since bigint,
    reason text,
    seen_at bigint not null
  )`,
  `create index link_checks_due on link_checks (host, due_at)`,
  `create index link_checks_state on link_checks (state, checked_at)`,
  `create index link_checks_wanted on link_checks (host, due_at) where wanted is not null`,
  `create table link_hosts (
    host text not null primary key,
    next_at bigint not null,
    lease_until bigint,
    refuses_head integer not null,
    robots text, robots_at bigint,
    failures integer not null, failing_since bigint, dead_since bigint,
    blocked_until bigint not null,
    reason text,
    requested_at bigint
  )`,
  `create table pages (
    reference_id text not null primary key,
    url text not null,
    page text,
    reason text,
    at bigint not null
  )`,
  `create table trackbacks (
    id text not null primary key,
    kind text not null,
    state text not null,
    source text not null,
    host text not null,
    cable text not null,
    page text not null,
    paragraph integer,
    title text not null, site text not null, excerpt text not null,
    post_key text,
    due_at bigint, attempts integer not null, error text,
    at bigint not null
  )`,
  `create index trackbacks_due on trackbacks (due_at) where due_at is not null`,
  `create index trackbacks_of_host on trackbacks (host, at)`,
  `create index trackbacks_in_state on trackbacks (state, at)`,
];

const processes = [
  `create table rulebooks (
    version text not null primary key,
    text text not null,
    since bigint not null,
    last bigint not null
  )`,
  `create table scheduler_locks (name text not null primary key, at bigint not null)`,
  `create table settings (name text not null primary key, value text not null)`,
];
