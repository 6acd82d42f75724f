import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Makes the tables of what is answered. */
export async function replyTables(db: Kysely<Schema>): Promise<void> {
  await db.schema
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
    .addColumn('taken_at', 'bigint')
    .addColumn('repeat_until', 'bigint')
    .addColumn('unwanted', 'integer', (c) => c.notNull())
    .addColumn('looks', 'integer', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('published', 'text')
    .addColumn('published_id', 'text')
    .addColumn('planned_at', 'bigint', (c) => c.notNull())
    .addColumn('sent_at', 'bigint')
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('replies_due')
    .on('replies')
    .columns(['state', 'due_at'])
    .where('due_at', 'is not', null)
    .execute();
  await db.schema.createIndex('replies_of_post').on('replies').column('post_key').execute();
  await db.schema.createIndex('replies_of_author').on('replies').columns(['author', 'taken_at']).execute();
  // What brakes count, and what people answer, is out: a reply that is only planned stands in neither.
  for (const column of ['publisher', 'thread'] as const) {
    await db.schema
      .createIndex(`replies_taken_by_${column}`)
      .on('replies')
      .columns([column, 'taken_at'])
      .where('taken_at', 'is not', null)
      .execute();
  }
  await db.schema
    .createIndex('replies_published')
    .on('replies')
    .column('published_id')
    .where('published_id', 'is not', null)
    .execute();
  // What rests before it was sent: held, refused, abandoned. No row on its straight way ever stands in it.
  await db.schema
    .createIndex('replies_at_rest')
    .on('replies')
    .column('state')
    .where(sql.ref('due_at'), 'is', null)
    .where(sql.ref('sent_at'), 'is', null)
    .execute();
}
