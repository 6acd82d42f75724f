import type { Digest, Tally } from '../../../core/digest.ts';
import type { Json } from '../json-column.ts';

/** Issued digests, one per day. */
export interface EditionsTable {
  digest: string;
  /** The local day: `2026-11-24`. */
  date: string;
  model: Json<Digest>;
  /** The counts published for the day. */
  tally: Json<Tally>;
  made_at: number;
}

/** Where an edition goes. */
export type DeliveryTarget = 'files' | `channel ${string}` | `account ${string}`;

/** Deliveries of editions, one per target. */
export interface DeliveriesTable {
  digest: string;
  date: string;
  target: DeliveryTarget;
  /** Time of the next attempt; null: delivered or abandoned. */
  due_at: number | null;
  attempts: number;
  /** Error of the last attempt. */
  error: string | null;
}

/** A message to a channel: its words, and what a webhook gets besides. */
export interface NoticeContent {
  readonly subject: string;
  readonly text: string;
}

/** Notices for channels, requested by rules. */
export interface NoticesTable {
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
  at: number;
}

/** Alerts for the operator. */
export interface AlertsTable {
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
