import type { Citation, Resolution } from '../../../core/citation.ts';
import type { ControlWord } from '../../../core/control.ts';
import type { LinkState } from '../../../core/link-health.ts';
import type { Post } from '../../../core/post.ts';
import type { Verdict } from '../../../core/verdict.ts';
import type { Json } from '../json-column.ts';
import type { ReplyRow } from './reply-row.ts';

export interface WorkTables {
  posts: PostRow;
  mentions: MentionRow;
  replies: ReplyRow;
  feeds: FeedRow;
  rejects: RejectRow;
  short_ids: ShortIdRow;
  tombstones: TombstoneRow;
  outages: OutageRow;
  link_checks: LinkRow;
  link_hosts: LinkHostRow;
  pages: PageRow;
  trackbacks: TrackbackRow;
}

/**
 * pending: waits to be resolved. decided: has a verdict. failed: resolving it failed too often, see `error`. deleted: the author deleted it,
 * and only the key remains.
 */
export type PostState = 'pending' | 'decided' | 'failed' | 'deleted';

export interface PostRow {
  key: string;
  platform: string;
  /** The author's id on the platform. */
  author: string;
  /** Id of the thread's first post; null for that post itself. */
  thread: string | null;
  feed: string;
  post: Json<Post>;
  /** At most 10. */
  citations: Json<readonly Citation[]>;
  /** Citations beyond the tenth. */
  surplus: number;
  /** Command to the bot, instead of citations: core/control. */
  control: ControlWord | null;
  /** Number of edits. */
  revision: number;
  state: PostState;
  /** Time of the next attempt to resolve it; null: none. */
  due_at: number | null;
  attempts: number;
  error: string | null;
  verdict: Json<Verdict> | null;
  created_at: number;
  ingested_at: number;
  decided_at: number | null;
}

/** A resolved citation of a post: digests and searches count these. */
export interface MentionRow {
  post_key: string;
  position: number;
  reference_id: string | null;
  status: string;
  resolution: Json<Resolution>;
  at: number;
}

/** Finds a post by its short id: `shortId` in core/post.ts. A post whose key is a hash has no row. */
export interface ShortIdRow {
  id: string;
  post_key: string;
}

/** Hashes of keys of purged posts and of scopes of purged replies. */
export interface TombstoneRow {
  hash: string;
  at: number;
}

/** Cursor, lease and counters of a feed. */
export interface FeedRow {
  name: string;
  cursor: string | null;
  /** Grows with each lease; a cursor write with an older epoch is refused. */
  epoch: number;
  holder: string | null;
  lease_until: number;
  /** Time of the next poll. */
  due_at: number;
  failures: number;
  last_error: string | null;
  seen: number;
  ingested: number;
  rejected: number;
  polled_at: number | null;
  /** First poll. */
  since: number;
}

export interface RejectRow {
  id: string;
  feed: string;
  position: string;
  reason: string;
  excerpt: string;
  at: number;
}

/** Periods in which a feed could not be read; feed `*`: in which no process ran. */
export interface OutageRow {
  feed: string;
  since: number;
  /** Null: ongoing. */
  until: number | null;
  reason: string;
}

/** Pages that replies link to: core/link-health. */
export interface LinkRow {
  /** Without a fragment. */
  url: string;
  /** Host and port, as in URLs. */
  host: string;
  /** Id of a cable whose missing text is wanted from this page. */
  wanted: string | null;
  state: LinkState;
  due_at: number;
  checked_at: number | null;
  failures: number;
  failing_since: number | null;
  dead_since: number | null;
  reason: string | null;
  /** Last resolution that linked there, accurate to a month. */
  seen_at: number;
}

/** The sites of these pages: core/link-health. Each gets one request at a time. */
export interface LinkHostRow {
  host: string;
  /** No request before this time, for politeness. */
  next_at: number;
  /** Lease of the current request. */
  lease_until: number | null;
  /** 1: it does not support HEAD. */
  refuses_head: number;
  /** Its robots.txt: empty if there is none; null: not read yet. */
  robots: string | null;
  robots_at: number | null;
  failures: number;
  failing_since: number | null;
  dead_since: number | null;
  /** No request before this time: the breaker is open, or the site asked to wait. */
  blocked_until: number;
  reason: string | null;
  /** Time of the last request. */
  requested_at: number | null;
  /** When a page of the old viewer was last read for its anchors. */
  anchors_checked_at: number | null;
  /** What has become of the viewer there: `leads to plusd`. Null: its anchors stand, as far as is known. */
  moved: string | null;
}

/** Fetched pages of cables whose texts are missing in the corpus. */
export interface PageRow {
  reference_id: string;
  url: string;
  /** Null: the cable was not on it. */
  page: string | null;
  /** Reason for null. */
  reason: string | null;
  at: number;
}

/**
 * A page that claims to link to a cable page. new: to be probed. pending: the link is verified, and a person decides. approved: it has become a
 * post. rejected: by a person, for good. refused: the probe failed, see `error`. removed: the page no longer has the link.
 */
export type TrackbackState = 'new' | 'pending' | 'approved' | 'rejected' | 'refused' | 'removed';

export interface TrackbackRow {
  /** Hash of source and cable. */
  id: string;
  kind: 'webmention' | 'trackback';
  state: TrackbackState;
  source: string;
  /** Host of the source. */
  host: string;
  /** Registrable domain of the host, or an IP address: caps count by it. */
  domain: string;
  cable: string;
  /** Address of the linked cable page, without a paragraph. */
  page: string;
  paragraph: number | null;
  /** From the sender or the page; empty if unknown. */
  title: string;
  site: string;
  excerpt: string;
  /** Its post; null before approval. */
  post_key: string | null;
  /** Time of the next probe; null: none. */
  due_at: number | null;
  /** Time of the last probe. */
  probed_at: number | null;
  attempts: number;
  error: string | null;
  at: number;
}
