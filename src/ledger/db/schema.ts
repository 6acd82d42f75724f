import type { ColumnType, Kysely, Transaction } from 'kysely';
import type { Json } from './json-column.ts';
import type { AccountsTable, PausesTable, SpendingTable } from './tables/accounts-tables.ts';
import type { AlertsTable, DeliveriesTable, EditionsTable, NoticesTable } from './tables/channels-tables.ts';
import type { FeedsTable, OutagesTable, RejectsTable } from './tables/feeds-tables.ts';
import type { LinkChecksTable, LinkHostsTable, PagesTable, TrackbacksTable } from './tables/links-tables.ts';
import type { AuditLogTable, ConsentsTable, SessionsTable } from './tables/people-tables.ts';
import type { TombstonesTable, MentionsTable, PostsTable } from './tables/posts-tables.ts';
import type { RepliesTable } from './tables/replies-tables.ts';

/** Runs queries: the database for reads, the transaction for writes. */
export type Executor = Kysely<Schema> | Transaction<Schema>;

/** The rows of all tables; `migrations` has the DDL. Ids are text, times integer milliseconds since the Unix epoch, JSON is text. */
export interface Schema {
  posts: PostsTable;
  mentions: MentionsTable;
  replies: RepliesTable;
  feeds: FeedsTable;
  rejects: RejectsTable;
  settings: SettingsTable;
  accounts: AccountsTable;
  pauses: PausesTable;
  spending: SpendingTable;
  consents: ConsentsTable;
  audit_log: AuditLogTable;
  rulebooks: RulebooksTable;
  tombstones: TombstonesTable;
  notices: NoticesTable;
  scheduler_locks: SchedulerLocksTable;
  outages: OutagesTable;
  editions: EditionsTable;
  deliveries: DeliveriesTable;
  alerts: AlertsTable;
  link_checks: LinkChecksTable;
  link_hosts: LinkHostsTable;
  pages: PagesTable;
  sessions: SessionsTable;
  trackbacks: TrackbacksTable;
}

/** Versions of the rules that were in force. */
export interface RulebooksTable {
  version: string;
  /** Source text, with comments. */
  text: string;
  /** First time when a bot applied them. */
  since: number;
  /** Last time when a bot started to apply them; an old version may come back. */
  last: number;
}

/** Last run of each job that one process runs for all. */
export interface SchedulerLocksTable {
  name: string;
  at: number;
}

/** Key-value settings of the ledger, such as heartbeats: `settings.ts` reads and writes them. */
export interface SettingsTable {
  name: string;
  /** Each has a codec of its own. */
  value: ColumnType<Json<never>, Json<unknown>, Json<unknown>>;
}

export type { PostState } from './tables/posts-tables.ts';
export type { TrackbackState } from './tables/links-tables.ts';

export type PostRow = PostsTable;
export type ReplyRow = RepliesTable;
export type FeedRow = FeedsTable;
export type LinkRow = LinkChecksTable;
export type LinkHostRow = LinkHostsTable;
export type TrackbackRow = TrackbacksTable;
