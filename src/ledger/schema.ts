import type { Kysely, Transaction } from 'kysely';
import type { ControlWord } from '../core/control.ts';
import type { LinkState } from '../core/link-standing.ts';
import type { ReplyState } from '../core/reply.ts';

/** What queries run on: the ledger itself for reads, the transaction for writes. */
export type Executor = Kysely<Schema> | Transaction<Schema>;

/** Ids are text, times integer milliseconds since the Unix epoch, JSON is text. */
export interface Schema {
  posts: PostsTable;
  mentions: MentionsTable;
  replies: RepliesTable;
  feeds: FeedsTable;
  rejects: RejectsTable;
  notes: NotesTable;
  accounts: AccountsTable;
  pauses: PausesTable;
  spending: SpendingTable;
  opt_outs: OptOutsTable;
  opt_ins: OptInsTable;
  acts: ActsTable;
  rulebooks: RulebooksTable;
  gone: GoneTable;
  notices: NoticesTable;
  ticks: TicksTable;
  outages: OutagesTable;
  issues: IssuesTable;
  deliveries: DeliveriesTable;
  alarms: AlarmsTable;
  link_checks: LinkChecksTable;
  link_hosts: LinkHostsTable;
  pages: PagesTable;
  sessions: SessionsTable;
  trackbacks: TrackbacksTable;
}

/**
 * A post that cites a cable.
 * kept: waits to be resolved. decided: it has a verdict. failed: resolving it failed too often; `error` says how.
 * gone: its author deleted it, and nothing but the key is left.
 */
export type PostState = 'kept' | 'decided' | 'failed' | 'gone';

interface PostsTable {
  key: string;
  platform: string;
  /** The author's id on the platform. */
  author: string;
  /** Id of the thread's first post; null where it is that itself. */
  thread: string | null;
  feed: string;
  /** JSON of core/post. */
  post: string;
  /** JSON of core/citation, at most 10. */
  citations: string;
  /** Citations beyond the tenth. */
  surplus: number;
  /** What it asks of the bot, in the place of citing: core/control. */
  control: ControlWord | null;
  /** How often its author has changed it. */
  revision: number;
  state: PostState;
  /** When it is next to be resolved; null when it is not. */
  due_at: number | null;
  attempts: number;
  error: string | null;
  /** JSON of core/verdict. */
  verdict: string | null;
  created_at: number;
  kept_at: number;
  decided_at: number | null;
}

/** One citation of one post as resolved: what digests and searches count. */
interface MentionsTable {
  post_key: string;
  position: number;
  reference_id: string | null;
  status: string;
  /** JSON of core/citation Resolution. */
  resolution: string;
  at: number;
}

interface RepliesTable {
  key: string;
  post_key: string;
  publisher: string;
  state: ReplyState;
  /** JSON of core/reply Payload, frozen. */
  payload: string;
  /** Thread, cables and paragraphs: one reply each. */
  scope: string;
  /** `platform:id` of the author and of the thread that it answers: brakes count by them. */
  author: string;
  thread: string;
  /** When respond or settle is next to look at it; null when nothing is to be done. */
  due_at: number | null;
  /** Times that `sending` was entered; the token of the current attempt. */
  attempts: number;
  /** Until when one process has it in its hands: sends it, looks for it or takes it back. */
  lease_until: number | null;
  first_attempt_at: number | null;
  /** Times that settle looked for it on the platform since it became unknown. */
  looks: number;
  /** When `sending` was last entered. */
  taken_at: number | null;
  /** Planned again although it may be out: not to be sent after this, when a repeat would double it. Null: at any time. */
  repeat_until: number | null;
  /** 1: to be taken back as soon as it is known to be out. */
  unwanted: number;
  /** Why it was refused, is unknown or was abandoned. */
  reason: string | null;
  /** JSON of core/reply Published. */
  published: string | null;
  /** The id in it. */
  published_id: string | null;
  planned_at: number;
  sent_at: number | null;
  updated_at: number;
}

/** How far a feed is read, by whom, and what came of it. */
interface FeedsTable {
  name: string;
  cursor: string | null;
  /** Grows each time a process takes the feed; a cursor written with an older epoch is refused. */
  epoch: number;
  holder: string | null;
  lease_until: number;
  /** Not to be polled before. */
  due_at: number;
  failures: number;
  last_error: string | null;
  seen: number;
  kept: number;
  rejected: number;
  polled_at: number | null;
  /** When it was first read; null: before that was noted. */
  since: number | null;
}

interface RejectsTable {
  id: string;
  feed: string;
  position: string;
  reason: string;
  excerpt: string;
  at: number;
}

/** Small facts of the whole ledger: who runs it, since when. */
interface NotesTable {
  name: string;
  value: string;
}

/** How the platform treats an account of ours. */
interface AccountsTable {
  /** Name of the publisher. */
  name: string;
  /** Refusals in a row. */
  refusals: number;
  /** Nothing is sent before: the breaker is open, or the platform asked for patience. */
  rest_until: number;
  reason: string | null;
}

/** What the operator has stopped: `all`, `platform:ID` or `account:NAME`. */
interface PausesTable {
  scope: string;
  reason: string;
  since: number;
}

/** Paid calls: reserved before, settled after. One whose end nobody knows counts as reserved for good. */
interface SpendingTable {
  id: string;
  account: string;
  /** In millionths of a dollar. */
  amount: number;
  settled: number;
  at: number;
}

/** Authors who asked to be left alone. */
interface OptOutsTable {
  /** `platform:id` of the author. */
  person: string;
  /** The key of the post that said so, or `operator`. */
  source: string;
  at: number;
}

/** Authors who asked to be answered without addressing the bot each time. */
interface OptInsTable {
  /** `platform:id` of the author. */
  person: string;
  /** How they said so, in the operator's words. */
  source: string;
  at: number;
}

/** What operators did by hand. Nothing is ever taken out. */
interface ActsTable {
  id: string;
  at: number;
  /** Who, as the operating system or the command line says. */
  who: string;
  /** `pause`, `reply approve`, `consent add`. */
  act: string;
  /** What it was done to: a key, a person, a scope. */
  subject: string;
  /** In the operator's words, or what changed; empty: nothing to say. */
  detail: string;
}

/** Rules that were in force, by their version. */
interface RulebooksTable {
  version: string;
  /** The file as it was, with its comments. */
  text: string;
  /** When a bot first went by them. */
  since: number;
  /** When one last began to: they may come back. */
  last: number;
}

/** Hashes of what was answered once and is no longer kept: a post's key, a reply's scope. */
interface GoneTable {
  hash: string;
  at: number;
}

/** What channels are to be told of, because a rule says so. */
interface NoticesTable {
  /** Channel and post: one each. */
  id: string;
  channel: string;
  post_key: string;
  /** JSON of what there is to tell; empty once it is out. */
  content: string;
  /** When it is next to be sent; null: it is out, or given up. */
  due_at: number | null;
  attempts: number;
  /** Why it is not out. */
  error: string | null;
  at: number;
}

/** When something was last done that one process does for all. */
interface TicksTable {
  name: string;
  at: number;
}

/** Times in which a feed could not be read, or, as feed `*`, in which nothing ran. */
interface OutagesTable {
  feed: string;
  since: number;
  /** Null: it lasts. */
  until: number | null;
  reason: string;
}

/** Digests that were issued, one for each day. */
interface IssuesTable {
  digest: string;
  /** The local day: `2026-11-24`. */
  date: string;
  /** JSON of digest/model. */
  model: string;
  /** JSON of digest/tally: what is told of the day in it. */
  tally: string;
  made_at: number;
}

/** Where an issue goes, once each. */
interface DeliveriesTable {
  digest: string;
  date: string;
  /** `files`, `channel NAME` or `account NAME`. */
  target: string;
  /** When it is next to be tried; null: it is out, or given up. */
  due_at: number | null;
  attempts: number;
  /** Why it is not out. */
  error: string | null;
}

/** What the operator is to know as long as it lasts. */
interface AlarmsTable {
  name: string;
  message: string;
  since: number;
  /** Null: it lasts. */
  until: number | null;
  /** Channels were told. */
  told: number;
}

/** Pages that replies lead to: core/link-standing. */
interface LinkChecksTable {
  /** Without a fragment. */
  url: string;
  /** With its port, as URLs write it. */
  host: string;
  /** The cable whose text is missing, and is to be read from this page. */
  wanted: string | null;
  state: LinkState;
  due_at: number;
  checked_at: number | null;
  failures: number;
  failing_since: number | null;
  dead_since: number | null;
  reason: string | null;
  /** When a resolution last led there, to the month. */
  seen_at: number;
}

/** The sites of these pages: core/host-standing. One process asks one question at a time of each. */
interface LinkHostsTable {
  host: string;
  /** Nothing is asked before, for politeness. */
  next_at: number;
  /** Somebody is asking until then, unless it is over before. */
  lease_until: number | null;
  /** 1: it does not take HEAD. */
  refuses_head: number;
  /** Its robots.txt: empty where there is none; null: not read yet. */
  robots: string | null;
  robots_at: number | null;
  failures: number;
  failing_since: number | null;
  dead_since: number | null;
  /** Nothing is asked before: the breaker is open, or the site asked for patience. */
  rest_until: number;
  reason: string | null;
  /** When it was last asked. */
  asked_at: number | null;
}

/** Pages of cables whose texts are nowhere else, as they were fetched. */
interface PagesTable {
  reference_id: string;
  url: string;
  /** Null: there was no such cable in it. */
  page: string | null;
  /** Why not. */
  reason: string | null;
  at: number;
}

export type LinkRow = LinkChecksTable;
export type LinkHostRow = LinkHostsTable;
/** Who is logged in to the operator's page. */
interface SessionsTable {
  /** Hash of what the browser holds: who reads the ledger can log in nowhere. */
  id: string;
  name: string;
  /** Hash of the password's hash: another password ends the session. */
  proof: string;
  started_at: number;
  /** When it was last used, to within a minute. */
  seen_at: number;
}

/**
 * A page that told us of its link to a cable page. new: to be looked at. pending: it links here, and a person decides. approved: it is a
 * post now. rejected: a person said no, for good. refused: it could not be looked at, `error` says why. gone: it links here no more.
 */
export type TrackbackState = 'new' | 'pending' | 'approved' | 'rejected' | 'refused' | 'gone';

interface TrackbacksTable {
  /** Made of source and cable: one each. */
  id: string;
  kind: 'webmention' | 'trackback';
  state: TrackbackState;
  source: string;
  /** Of the source. */
  host: string;
  cable: string;
  /** Address of the cable page that it says it links to, without a paragraph. */
  page: string;
  paragraph: number | null;
  /** What the sender or the page says of itself; empty where neither does. */
  title: string;
  site: string;
  excerpt: string;
  /** The post that it became; null before. */
  post_key: string | null;
  /** When it is next to be looked at; null: never. */
  due_at: number | null;
  attempts: number;
  error: string | null;
  at: number;
}

export type TrackbackRow = TrackbacksTable;
export type FeedRow = FeedsTable;
export type PostRow = PostsTable;
export type ReplyRow = RepliesTable;
