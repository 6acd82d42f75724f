import type { Kysely } from 'kysely';
import type { Schema } from '../schema.ts';

/** Makes the tables of what was read, what it cites, and what is gone. */
export async function postTables(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('posts')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('platform', 'text', (c) => c.notNull())
    .addColumn('author', 'text', (c) => c.notNull())
    .addColumn('feed', 'text', (c) => c.notNull())
    .addColumn('post', 'text', (c) => c.notNull())
    .addColumn('citations', 'text', (c) => c.notNull())
    .addColumn('surplus', 'integer', (c) => c.notNull())
    .addColumn('control', 'text')
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('verdict', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('kept_at', 'bigint', (c) => c.notNull())
    .addColumn('decided_at', 'bigint')
    .addColumn('thread', 'text')
    .execute();
  await db.schema.createIndex('posts_due').on('posts').column('due_at').where('due_at', 'is not', null).execute();
  await db.schema.createIndex('posts_kept_at').on('posts').column('kept_at').execute();
  // What rules count by: who wrote before, and what was said in the thread.
  await db.schema.createIndex('posts_of_author').on('posts').columns(['author', 'kept_at']).execute();
  await db.schema
    .createIndex('posts_in_thread')
    .on('posts')
    .columns(['thread', 'kept_at'])
    .where('thread', 'is not', null)
    .execute();
  // A digest asks for what was written on a day, whenever it came.
  await db.schema.createIndex('posts_created_at').on('posts').columns(['created_at', 'key']).execute();
  await db.schema
    .createTable('mentions')
    .addColumn('post_key', 'text', (c) => c.notNull().references('posts.key'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('reference_id', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('resolution', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('mentions_key', ['post_key', 'position'])
    .execute();
  await db.schema.createIndex('mentions_cable').on('mentions').columns(['reference_id', 'at']).execute();
  await db.schema
    .createTable('gone')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
}
