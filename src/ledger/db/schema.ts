import type { Kysely, Transaction } from 'kysely';
import type { AccountsTable, PausesTable, SpendingTable } from './tables/accounts-tables.ts';
import type { AlertsTable, DeliveriesTable, EditionsTable, NoticesTable } from './tables/channels-tables.ts';
import type { FeedsTable, OutagesTable, RejectsTable } from './tables/feeds-tables.ts';
import type { LinkChecksTable, LinkHostsTable, PagesTable } from './tables/links-tables.ts';
import type { AuditLogTable, OptInsTable, OptOutsTable, SessionsTable } from './tables/people-tables.ts';
import type { TombstonesTable, MentionsTable, PostsTable } from './tables/posts-tables.ts';
import type { SettingsTable, RulebooksTable, SchedulerLocksTable } from './tables/processes-tables.ts';
import type { RepliesTable } from './tables/replies-tables.ts';
import type { TrackbacksTable } from './tables/trackbacks-tables.ts';

/** Runs queries: the database for reads, the transaction for writes. */
export type Executor = Kysely<Schema> | Transaction<Schema>;

/** Ids are text, times integer milliseconds since the Unix epoch, JSON is text. */
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
  opt_outs: OptOutsTable;
  opt_ins: OptInsTable;
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

export type { PostState } from './tables/posts-tables.ts';
export type { TrackbackState } from './tables/trackbacks-tables.ts';

export type PostRow = PostsTable;
export type ReplyRow = RepliesTable;
export type FeedRow = FeedsTable;
export type LinkRow = LinkChecksTable;
export type LinkHostRow = LinkHostsTable;
export type TrackbackRow = TrackbacksTable;
