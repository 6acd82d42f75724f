import { type SchemaModule, sql } from 'kysely';
import type { ReplyState } from '../../../core/reply.ts';

export interface RepliesTable {
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
  /** Until when one process has it in its hands: sends it, lookups for it or takes it back. */
  lease_until: number | null;
  first_attempt_at: number | null;
  /** Times that settle looked for it on the platform since it became unknown. */
  lookups: number;
  /** When `sending` was last entered. */
  claimed_at: number | null;
  /** Planned again although it may be out: not to be sent after this, when a repeat would double it. Null: at any time. */
  repeat_until: number | null;
  /** 1: to be taken back as soon as it is known to be out. */
  cancel_requested: number;
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

/** Makes the tables of what is answered. */
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
  // What brakes count, and what people answer, is out: a reply that is only planned stands in neither.
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
  // What rests before it was sent: held, refused, abandoned. No row on its straight way ever stands in it.
  await schema
    .createIndex('replies_stopped')
    .on('replies')
    .column('state')
    .where(sql.ref('due_at'), 'is', null)
    .where(sql.ref('sent_at'), 'is', null)
    .execute();
}
