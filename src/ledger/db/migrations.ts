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

/** Migrates to the latest schema. Errors: that of a failed migration, which is rolled back. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error('the migration of the ledger failed', { cause: error });
}

/** Errors: the ledger has another schema version; only `run` and `once` migrate. */
export async function checkSchema(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const found = rows.map(({ name }) => name).join(', ');
  const known = Object.keys(migrations).toSorted().join(', ');
  if (found !== known)
    throw new Error(`its schema version is \`${found}\`, this version of pilcrow needs \`${known}\``);
}

/** Migrations run in the order of their names; a released one never changes. */
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
