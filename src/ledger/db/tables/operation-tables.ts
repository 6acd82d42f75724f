import type { ColumnType } from 'kysely';
import type { Digest, Tally } from '../../../core/digest.ts';
import type { DateText } from '../../../core/zone.ts';
import type { Json } from '../json-column.ts';

export interface OperationTables {
  settings: SettingRow;
  accounts: AccountRow;
  pauses: PauseRow;
  spending: SpendingRow;
  consents: ConsentRow;
  audit_log: AuditRow;
  rulebooks: RulebookRow;
  notices: NoticeRow;
  scheduler_locks: SchedulerLockRow;
  editions: EditionRow;
  deliveries: DeliveryRow;
  alerts: AlertRow;
  sessions: SessionRow;
}

/** Circuit breaker and cooldown of an account. */
export interface AccountRow {
  /** Name of the publisher. */
  name: string;
  /** Refusals in a row. */
  refusals: number;
  /** Nothing is sent before this time: the breaker is open, or the platform asked to wait. */
  blocked_until: number;
  /** Cooldowns in a row because of what passes; one reply at a time tries whether it is over. */
  cooldowns: number;
  /** Since when the platform refuses its login. */
  login_refused_at: number | null;
  reason: string | null;
}

export interface PauseRow {
  /** Everything, a platform, or an account (a publisher of the configuration). */
  scope: 'all' | `platform:${string}` | `account:${string}`;
  reason: string;
  since: number;
}

/** Paid calls: reserved before, settled after. One with unknown outcome stays reserved. */
export interface SpendingRow {
  id: string;
  account: string;
  /** In millionths of a dollar. */
  amount: number;
  settled: number;
  at: number;
}

/** Issued digests, one per day. */
export interface EditionRow {
  digest: string;
  /** The local day: `2026-11-24`. */
  date: string;
  model: Json<Digest>;
  /** The counts published for the day. */
  tally: Json<Tally>;
  made_at: number;
  /** What lists show of the model, which is large. */
  summary: Json<EditionSummary>;
  /** Short ids of the posts worth reading, the best first. Null: made before they were kept. */
  reading: Json<readonly string[]> | null;
}

/** Figures of an edition, and the days whose figures it corrects. */
export interface EditionSummary {
  readonly posts: number;
  readonly cables: number;
  readonly corrects: readonly DateText[];
}

/** Where an edition goes. */
export type Target = 'files' | `channel ${string}` | `account ${string}`;

/** Deliveries of editions, one per target. */
export interface DeliveryRow {
  digest: string;
  date: string;
  target: Target;
  /** Time of the next attempt; null: delivered or abandoned. */
  due_at: number | null;
  attempts: number;
  /** Error of the last attempt. */
  error: string | null;
  /** Those who are still to get it; null: all of the channel. */
  recipients: Json<readonly string[]> | null;
}

/** A message to a channel: its words, and what a webhook gets besides. */
export interface NoticeContent {
  readonly subject: string;
  readonly text: string;
}

/** Notices for channels, requested by rules. */
export interface NoticeRow {
  /** Channel and post: one each. */
  id: string;
  channel: string;
  post_key: string;
  /** Null after delivery. */
  content: Json<NoticeContent> | null;
  /** Time of the next attempt; null: delivered or abandoned. */
  due_at: number | null;
  attempts: number;
  /** Error of the last attempt. */
  error: string | null;
  /** Those who are still to get it; null: all of the channel. */
  recipients: Json<readonly string[]> | null;
  at: number;
}

/** Alerts for the operator. */
export interface AlertRow {
  /** Identifies the problem while it lasts. */
  name: string;
  /** For people. */
  message: string;
  since: number;
  /** Null: ongoing. */
  until: number | null;
  /** 0: nothing is reported, 1: the beginning, 2: the end as well. */
  reported: number;
}

/** An opt-in or opt-out of an author. Opted in: the bot may reply to them unsummoned. */
export interface ConsentRow {
  /** `platform:id` of the author: `personKey`. */
  person: string;
  choice: 'in' | 'out';
  /** Key of the post with the request, or the operator's words. */
  source: string;
  at: number;
}

/** Audit log of operators' actions; append-only. */
export interface AuditRow {
  id: string;
  at: number;
  /** Name from the operating system or the command line. */
  actor: string;
  /** `pause`, `reply approve`, `consent add`. */
  action: string;
  /** A key, a person or a scope. */
  target: string;
  /** The operator's words, or the change; may be empty. */
  note: string;
}

/** Logins to the operator's page. */
export interface SessionRow {
  /** Hash of the browser's token, so that reading the ledger does not permit a login. */
  id: string;
  name: string;
  /** Hash of the password's hash: a new password ends the session. */
  proof: string;
  started_at: number;
  /** Last use, accurate to a minute. */
  seen_at: number;
}

/** Versions of the rules that were in force. */
export interface RulebookRow {
  version: string;
  /** Source text, with comments. */
  text: string;
  /** First time when a bot applied them. */
  since: number;
  /** Last time when a bot started to apply them; an old version may come back. */
  last: number;
}

/** Last run of each job that one process runs for all. */
export interface SchedulerLockRow {
  name: string;
  at: number;
}

/** Key-value settings of the ledger, such as heartbeats: `settings.ts` reads and writes them. */
export interface SettingRow {
  name: string;
  /** Each has a codec of its own. */
  value: ColumnType<Json<never>, Json<unknown>, Json<unknown>>;
}
