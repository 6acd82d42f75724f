import type { LinkState } from '../../../core/link-health.ts';

/** Pages that replies link to: core/link-health. */
export interface LinkChecksTable {
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
export interface LinkHostsTable {
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
}

/** Fetched pages of cables whose texts are missing in the corpus. */
export interface PagesTable {
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

export interface TrackbacksTable {
  /** Hash of source and cable. */
  id: string;
  kind: 'webmention' | 'trackback';
  state: TrackbackState;
  source: string;
  /** Host of the source. */
  host: string;
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
  attempts: number;
  error: string | null;
  at: number;
}
