import { type SchemaModule, sql } from 'kysely';
import type { ReplyState } from '../../../core/reply.ts';

export interface RepliesTable {
  key: string;
  post_key: string;
  publisher: string;
  state: ReplyState;
  /** JSON of core/reply Payload, frozen. */
  payload: string;
  /** Thread, cables and paragraphs: unique among replies. */
  scope: string;
  /** `platform:id` of the answered author and thread: limits count by them. */
  author: string;
  thread: string;
  /** Time of the next work on it; null: no work left. */
  due_at: number | null;
  /** Number of attempts to send; the fencing token of the current one. */
  attempts: number;
  /** End of the lease of the process that sends, looks up or withdraws it. */
  lease_until: number | null;
  first_attempt_at: number | null;
  /** Number of lookups on the platform since it became unknown. */
  lookups: number;
  /** Time when `sending` was last entered. */
  claimed_at: number | null;
  /** Planned again although it may be published: a repeat after this time could double it. Null: a repeat is always harmless. */
  repeat_until: number | null;
  /** 1: withdraw it as soon as it is known to be published. */
  cancel_requested: number;
  /** Reason for the current state. */
  reason: string | null;
  /** JSON of core/reply Published. */
  published: string | null;
  /** The id in `published`. */
  published_id: string | null;
  planned_at: number;
  sent_at: number | null;
  updated_at: number;
}

/** Creates the table of replies. */
export async function replyTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('replies')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('post_key', 'text', (c) => c.notNull().references('posts.key'))
    .addColumn('publisher', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('payload', 'text', (c) => c.notNull())
    .addColumn('scope', 'text', (c) => c.notNull().unique())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('thread', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('lease_until', 'bigint')
    .addColumn('first_attempt_at', 'bigint')
    .addColumn('claimed_at', 'bigint')
    .addColumn('repeat_until', 'bigint')
    .addColumn('cancel_requested', 'integer', (c) => c.notNull())
    .addColumn('lookups', 'integer', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('published', 'text')
    .addColumn('published_id', 'text')
    .addColumn('planned_at', 'bigint', (c) => c.notNull())
    .addColumn('sent_at', 'bigint')
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createIndex('replies_due')
    .on('replies')
    .columns(['state', 'due_at'])
    .where('due_at', 'is not', null)
    .execute();
  await schema.createIndex('replies_of_post').on('replies').column('post_key').execute();
  await schema.createIndex('replies_of_author').on('replies').columns(['author', 'claimed_at']).execute();
  // Limits count claimed replies, and people answer published ones: planned replies are in neither index.
  for (const column of ['publisher', 'thread'] as const) {
    await schema
      .createIndex(`replies_claimed_by_${column}`)
      .on('replies')
      .columns([column, 'claimed_at'])
      .where('claimed_at', 'is not', null)
      .execute();
  }
  await schema
    .createIndex('replies_published')
    .on('replies')
    .column('published_id')
    .where('published_id', 'is not', null)
    .execute();
  // Replies that stopped before they were sent: refused, rejected, abandoned. A row without problems never enters this index.
  await schema
    .createIndex('replies_stopped')
    .on('replies')
    .column('state')
    .where(sql.ref('due_at'), 'is', null)
    .where(sql.ref('sent_at'), 'is', null)
    .execute();
}
