import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import { linkTables } from './link-tables.ts';
import type { Schema } from './schema.ts';

/** Brings the tables to the newest form. Errors: the failed migration's, with the ledger left as it was before it. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('the ledger could not be brought to the newest form', { cause: error });
}

/** Errors: a ledger of another version, which only `run` and `once` of its own version may change. */
export async function checkForm(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const found = rows.map(({ name }) => name).join(', ');
  const known = Object.keys(migrations).toSorted().join(', ');
  if (found !== known) throw new Error(`its form is \`${found}\`, this version of pilcrow knows \`${known}\``);
}

/** Names sort in the order in which they run; a migration that was released is never changed. */
const migrations: Record<string, Migration> = {
  '2026-11-ledger': {
    async up(db: Kysely<Schema>) {
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
        .execute();
      await db.schema.createIndex('posts_due').on('posts').column('due_at').where('due_at', 'is not', null).execute();
      await db.schema.createIndex('posts_kept_at').on('posts').column('kept_at').execute();
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
      await db.schema
        .createTable('feeds')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('cursor', 'text')
        .addColumn('epoch', 'integer', (c) => c.notNull())
        .addColumn('holder', 'text')
        .addColumn('lease_until', 'bigint', (c) => c.notNull())
        .addColumn('due_at', 'bigint', (c) => c.notNull())
        .addColumn('failures', 'integer', (c) => c.notNull())
        .addColumn('last_error', 'text')
        .addColumn('seen', 'bigint', (c) => c.notNull())
        .addColumn('kept', 'bigint', (c) => c.notNull())
        .addColumn('rejected', 'bigint', (c) => c.notNull())
        .addColumn('polled_at', 'bigint')
        .execute();
      await db.schema
        .createTable('rejects')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('feed', 'text', (c) => c.notNull())
        .addColumn('position', 'text', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('excerpt', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('rejects_at').on('rejects').column('at').execute();
      await db.schema
        .createTable('notes')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('value', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('accounts')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('refusals', 'integer', (c) => c.notNull())
        .addColumn('rest_until', 'bigint', (c) => c.notNull())
        .addColumn('reason', 'text')
        .execute();
      await db.schema
        .createTable('pauses')
        .addColumn('scope', 'text', (c) => c.primaryKey())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('since', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('spending')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('account', 'text', (c) => c.notNull())
        .addColumn('amount', 'bigint', (c) => c.notNull())
        .addColumn('settled', 'integer', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('spending_of_account').on('spending').columns(['account', 'at']).execute();
      await db.schema
        .createTable('opt_outs')
        .addColumn('person', 'text', (c) => c.primaryKey())
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('gone')
        .addColumn('hash', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
    },
  },
  '2026-12-ticks': {
    async up(db: Kysely<Schema>) {
      await db.schema
        .createTable('ticks')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
    },
  },
  '2026-12-trust': {
    async up(db: Kysely<Schema>) {
      await db.schema
        .createTable('opt_ins')
        .addColumn('person', 'text', (c) => c.primaryKey())
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('acts')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('who', 'text', (c) => c.notNull())
        .addColumn('act', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('detail', 'text', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('acts_at').on('acts').column('at').execute();
      await db.schema
        .createTable('rulebooks')
        .addColumn('version', 'text', (c) => c.primaryKey())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('since', 'bigint', (c) => c.notNull())
        .addColumn('last', 'bigint', (c) => c.notNull())
        .execute();
    },
  },
  '2026-12-notices': {
    async up(db: Kysely<Schema>) {
      await db.schema
        .createTable('notices')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('channel', 'text', (c) => c.notNull())
        .addColumn('post_key', 'text', (c) => c.notNull())
        .addColumn('content', 'text', (c) => c.notNull())
        .addColumn('due_at', 'bigint')
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('error', 'text')
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('notices_due')
        .on('notices')
        .columns(['channel', 'due_at'])
        .where('due_at', 'is not', null)
        .execute();
      await db.schema.createIndex('notices_of_post').on('notices').column('post_key').execute();
    },
  },
  // What rules count by: who wrote before, and what was said in the thread.
  '2026-12-windows': {
    async up(db: Kysely<Schema>) {
      await db.schema.alterTable('posts').addColumn('thread', 'text').execute();
      await db.schema.createIndex('posts_of_author').on('posts').columns(['author', 'kept_at']).execute();
      await db.schema
        .createIndex('posts_in_thread')
        .on('posts')
        .columns(['thread', 'kept_at'])
        .where('thread', 'is not', null)
        .execute();
    },
  },
  '2027-01-links': { up: linkTables },
  '2027-01-sessions': {
    async up(db: Kysely<Schema>) {
      await db.schema
        .createTable('sessions')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('proof', 'text', (c) => c.notNull())
        .addColumn('started_at', 'bigint', (c) => c.notNull())
        .addColumn('seen_at', 'bigint', (c) => c.notNull())
        .execute();
    },
  },
  '2027-01-trackbacks': {
    async up(db: Kysely<Schema>) {
      await db.schema
        .createTable('trackbacks')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('state', 'text', (c) => c.notNull())
        .addColumn('source', 'text', (c) => c.notNull())
        .addColumn('host', 'text', (c) => c.notNull())
        .addColumn('cable', 'text', (c) => c.notNull())
        .addColumn('page', 'text', (c) => c.notNull())
        .addColumn('paragraph', 'integer')
        .addColumn('title', 'text', (c) => c.notNull())
        .addColumn('site', 'text', (c) => c.notNull())
        .addColumn('excerpt', 'text', (c) => c.notNull())
        .addColumn('post_key', 'text')
        .addColumn('due_at', 'bigint')
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('error', 'text')
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('trackbacks_due')
        .on('trackbacks')
        .column('due_at')
        .where('due_at', 'is not', null)
        .execute();
      await db.schema.createIndex('trackbacks_of_host').on('trackbacks').columns(['host', 'at']).execute();
      await db.schema.createIndex('trackbacks_in_state').on('trackbacks').columns(['state', 'at']).execute();
    },
  },
  // What rests before it was sent: held, refused, abandoned. No row on its straight way ever stands in it.
  '2026-11-replies-at-rest': {
    async up(db: Kysely<Schema>) {
      await db.schema
        .createIndex('replies_at_rest')
        .on('replies')
        .column('state')
        .where(sql.ref('due_at'), 'is', null)
        .where(sql.ref('sent_at'), 'is', null)
        .execute();
    },
  },
  '2026-12-digests': {
    async up(db: Kysely<Schema>) {
      // A digest asks for what was written on a day, whenever it came.
      await db.schema.createIndex('posts_created_at').on('posts').columns(['created_at', 'key']).execute();
      await db.schema.alterTable('feeds').addColumn('since', 'bigint').execute();
      await db.schema
        .createTable('outages')
        .addColumn('feed', 'text', (c) => c.notNull())
        .addColumn('since', 'bigint', (c) => c.notNull())
        .addColumn('until', 'bigint')
        .addColumn('reason', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('outages_key', ['feed', 'since'])
        .execute();
      await db.schema
        .createTable('issues')
        .addColumn('digest', 'text', (c) => c.notNull())
        .addColumn('date', 'text', (c) => c.notNull())
        .addColumn('model', 'text', (c) => c.notNull())
        .addColumn('tally', 'text', (c) => c.notNull())
        .addColumn('made_at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('issues_key', ['digest', 'date'])
        .execute();
      await db.schema
        .createTable('deliveries')
        .addColumn('digest', 'text', (c) => c.notNull())
        .addColumn('date', 'text', (c) => c.notNull())
        .addColumn('target', 'text', (c) => c.notNull())
        .addColumn('due_at', 'bigint')
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('error', 'text')
        .addPrimaryKeyConstraint('deliveries_key', ['digest', 'target', 'date'])
        .execute();
      await db.schema
        .createIndex('deliveries_due')
        .on('deliveries')
        .column('due_at')
        .where('due_at', 'is not', null)
        .execute();
      await db.schema
        .createTable('alarms')
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('message', 'text', (c) => c.notNull())
        .addColumn('since', 'bigint', (c) => c.notNull())
        .addColumn('until', 'bigint')
        .addColumn('told', 'integer', (c) => c.notNull())
        .addPrimaryKeyConstraint('alarms_key', ['name', 'since'])
        .execute();
    },
  },
};

const provider: MigrationProvider = { getMigrations: () => Promise.resolve(migrations) };
