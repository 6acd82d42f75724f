import { type Kysely, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import type { Schema } from './schema.ts';
import { accountTables } from './tables/accounts-tables.ts';
import { channelTables } from './tables/channels-tables.ts';
import { feedTables } from './tables/feeds-tables.ts';
import { linkTables } from './tables/links-tables.ts';
import { peopleTables } from './tables/people-tables.ts';
import { postTables } from './tables/posts-tables.ts';
import { replyTables } from './tables/replies-tables.ts';
import { processTables } from './tables/processes-tables.ts';
import { trackbackTables } from './tables/trackbacks-tables.ts';

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
    async up({ schema }: Kysely<Schema>) {
      await postTables(schema);
      await replyTables(schema);
      await feedTables(schema);
      await accountTables(schema);
      await peopleTables(schema);
      await channelTables(schema);
      await trackbackTables(schema);
      await processTables(schema);
      await linkTables(schema);
    },
  },
};

const provider: MigrationProvider = { getMigrations: () => Promise.resolve(migrations) };
