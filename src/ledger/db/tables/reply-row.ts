import type { Payload, Published, ReplyState } from '../../../core/reply.ts';
import type { Json } from '../json-column.ts';

export interface ReplyRow {
  key: string;
  post_key: string;
  publisher: string;
  state: ReplyState;
  /** Frozen when it is planned. */
  payload: Json<Payload>;
  /** The content that takes the place of `payload` on the platform; its key is that of the reply which is planned if the platform refuses it. */
  replacement: Json<Payload> | null;
  /** How often it was replaced on the day (UTC) of `claimed_at`. */
  replacements: number;
  /** Thread, cables and paragraphs: unique among replies. */
  scope: Json<readonly string[]>;
  /** `platform:id` of the answered author and thread: limits count by them. */
  author: string;
  thread: string;
  /** 1: its post addresses the bot. */
  summoned: number;
  /**
   * Round robin: replies are sent in the order of their turns. An author's next waiting reply has the next turn; the first one has that of the
   * reply that its publisher sent last.
   */
  turn: number;
  /** Time of the next work on it; null: no work left. */
  due_at: number | null;
  /** Number of attempts to send; the fencing token of the current one. */
  attempts: number;
  /** End of the lease of the process that sends, looks up or withdraws it. */
  lease_until: number | null;
  first_attempt_at: number | null;
  /** Number of lookups on the platform since it became unknown. */
  lookups: number;
  /** How many of the last ones, in a row, found a complete listing without it. */
  absences: number;
  /** Time when `sending` was last entered, or the last replacement began. */
  claimed_at: number | null;
  /** Planned again although it may be published: a repeat after this time could double it. Null: a repeat is always harmless. */
  repeat_until: number | null;
  /** 1: withdraw it as soon as it is known to be published. */
  cancel_requested: number;
  /** Reason for the current state. */
  reason: string | null;
  published: Json<Published> | null;
  /** The id in `published`. */
  published_id: string | null;
  /** Also when a person approves or retries it. */
  planned_at: number;
  sent_at: number | null;
  updated_at: number;
}
