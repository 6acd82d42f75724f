import type { SchemaModule } from 'kysely';
import type { ControlWord } from '../../../core/control.ts';

/**
 * pending: waits to be resolved. decided: has a verdict. failed: resolving it failed too often, see `error`. deleted: the author deleted it,
 * and only the key remains.
 */
export type PostState = 'pending' | 'decided' | 'failed' | 'deleted';

export interface PostsTable {
  key: string;
  platform: string;
  /** The author's id on the platform. */
  author: string;
  /** Id of the thread's first post; null for that post itself. */
  thread: string | null;
  feed: string;
  /** JSON of core/post. */
  post: string;
  /** JSON of core/citation, at most 10. */
  citations: string;
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
  /** JSON of core/verdict. */
  verdict: string | null;
  created_at: number;
  ingested_at: number;
  decided_at: number | null;
}

/** A resolved citation of a post: digests and searches count these. */
export interface MentionsTable {
  post_key: string;
  position: number;
  reference_id: string | null;
  status: string;
  /** JSON of core/citation Resolution. */
  resolution: string;
  at: number;
}

/** Hashes of keys of purged posts and of scopes of purged replies. */
export interface TombstonesTable {
  hash: string;
  at: number;
}

/** Creates the tables of posts, mentions and tombstones. */
export async function postTables(schema: SchemaModule): Promise<void> {
  await schema
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
    .addColumn('ingested_at', 'bigint', (c) => c.notNull())
    .addColumn('decided_at', 'bigint')
    .addColumn('thread', 'text')
    .execute();
  await schema.createIndex('posts_due').on('posts').column('due_at').where('due_at', 'is not', null).execute();
  await schema.createIndex('posts_ingested_at').on('posts').column('ingested_at').execute();
  // Rules count earlier posts by author and by thread.
  await schema.createIndex('posts_of_author').on('posts').columns(['author', 'ingested_at']).execute();
  await schema
    .createIndex('posts_in_thread')
    .on('posts')
    .columns(['thread', 'ingested_at'])
    .where('thread', 'is not', null)
    .execute();
  // Digests select posts by their day of creation.
  await schema.createIndex('posts_created_at').on('posts').columns(['created_at', 'key']).execute();
  await schema
    .createTable('mentions')
    .addColumn('post_key', 'text', (c) => c.notNull().references('posts.key'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('reference_id', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('resolution', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('mentions_key', ['post_key', 'position'])
    .execute();
  await schema.createIndex('mentions_cable').on('mentions').columns(['reference_id', 'at']).execute();
  await schema
    .createTable('tombstones')
    .addColumn('hash', 'text', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
}
