import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { messageOf, UsageError } from '../../core/errors.ts';
import { isPostgres } from './queries.ts';
import type { Schema } from './schema.ts';

/** Migrations by name: they run in this order, and a released one never changes. */
export type Migrations = Readonly<Record<string, Migration>>;

/** Hears what takes its time, as text. */
export type Notice = (message: string) => void;

/** Those of this version. */
export const allMigrations: Migrations = {
  '0001-initial': onDemand(() => import('./migrations/0001-initial.ts')),
  '0002-shares': onDemand(() => import('./migrations/0002-shares.ts')),
  '0003-erasure': onDemand(() => import('./migrations/0003-erasure.ts')),
  '0006-recipients': onDemand(() => import('./migrations/0006-recipients.ts')),
  '0007-cooldowns': onDemand(() => import('./migrations/0007-cooldowns.ts')),
  '0008-warnings': onDemand(() => import('./migrations/0008-warnings.ts')),
  '0011-moved-viewer': onDemand(() => import('./migrations/0011-moved-viewer.ts')),
  '0013-replacements': onDemand(() => import('./migrations/0013-replacements.ts')),
  '0015-waiting-work': onDemand(() => import('./migrations/0015-waiting-work.ts')),
  '0016-years': onDemand(() => import('./migrations/0016-years.ts')),
  '0017-names': onDemand(() => import('./migrations/0017-names.ts')),
  '0018-day': onDemand(() => import('./migrations/0018-day.ts')),
  '0019-reading': onDemand(() => import('./migrations/0019-reading.ts')),
};

/** Loaded when it runs: most starts and commands need its name alone. */
function onDemand(load: () => Promise<Migration>): Migration {
  return { up: async (db) => (await load()).up(db) };
}

/**
 * Migrates to the latest schema in one transaction; `notice` hears of it and of each migration before, where the ledger is not new. Errors: UsageError if this version cannot continue
 * the ledger; that of a failed migration, which is rolled back.
 */
export async function migrate(
  db: Kysely<Schema>,
  place: string,
  { migrations = allMigrations, notice = () => {} }: { migrations?: Migrations; notice?: Notice | undefined } = {},
): Promise<void> {
  const found = (await executedMigrations(db)) ?? [];
  const fault = foreignSchema(found, Object.keys(migrations));
  if (fault !== undefined) throw new UsageError(`the ledger ${place} ${fault}`);
  const missing = Object.keys(migrations).filter((name) => !found.includes(name));
  if (found.length > 0 && missing.length > 0)
    notice(`it is brought to the form of this version (${listed(missing)}), which takes minutes if it is large`);
  // The migrator would lock a ledger that has them all, too.
  if (missing.length === 0) return;
  const announced = found.length > 0 ? announcing(migrations, missing, notice) : migrations;
  const { Migrator } = await import('kysely/migration');
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(announced) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw new Error(`its migration failed: ${messageOf(error)}`, { cause: error });
}

/** `notice` hears of each before it runs. */
function announcing(migrations: Migrations, missing: readonly string[], notice: Notice): Migrations {
  const each = Object.entries(migrations).map(([name, migration]) => {
    const place = `${missing.indexOf(name) + 1} of ${missing.length}`;
    const announceAndRun: Migration['up'] = async (db) => {
      notice(`migration \`${name}\`, ${place}, runs: until all have, a kill leaves the ledger as it was`);
      await migration.up(db);
    };
    return [name, { up: announceAndRun }] as const;
  });
  return Object.fromEntries(each);
}

/**
 * Checks a ledger that is only read: `run` and `once` alone migrate. False: it has no schema yet. Errors: UsageError if the schema is not that
 * of this version.
 */
export async function checkSchema(db: Kysely<Schema>, place: string, migrations = allMigrations): Promise<boolean> {
  const found = await executedMigrations(db);
  if (found === undefined) return false;
  const known = Object.keys(migrations);
  const fault = foreignSchema(found, known) ?? olderSchema(found, known);
  if (fault !== undefined) throw new UsageError(`the ledger ${place} ${fault}`);
  return true;
}

/** In order; undefined: the database has no schema. */
async function executedMigrations(db: Kysely<Schema>): Promise<string[] | undefined> {
  const table = isPostgres(db)
    ? sql<{ name: string | null }>`select to_regclass('kysely_migration')::text as name`
    : sql<{ name: string | null }>`select name from sqlite_master where name = 'kysely_migration'`;
  const { rows: tables } = await table.execute(db);
  if (typeof tables[0]?.name !== 'string') return undefined;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** The one name that ledgers had before the first release. */
const unreleased = '2026-11-ledger';

/** The reason why this version cannot continue a ledger with these migrations, and what to do; undefined: it can. */
function foreignSchema(found: readonly string[], known: readonly string[]): string | undefined {
  const latest = `\`${known.at(-1)}\``;
  if (found.includes(unreleased))
    return `was made before the first release (migration \`${unreleased}\`; this version starts with \`${known[0]}\`) and cannot be read: move it away and start with an empty one, which takes posts that are already answered for new`;
  const unknown = found.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    return `was made by a newer pilcrow: it has the ${listed(unknown)}, and this version knows migrations up to ${latest}. Upgrade pilcrow, or restore a backup of the ledger`;
  const skipped = known.filter((name) => !found.includes(name) && name < (found.at(-1) ?? ''));
  if (skipped.length > 0)
    return `is damaged: it lacks the ${listed(skipped)}, although it has the later \`${found.at(-1)}\`. Restore a backup of the ledger`;
  return undefined;
}

function olderSchema(found: readonly string[], known: readonly string[]): string | undefined {
  const missing = known.filter((name) => !found.includes(name));
  if (missing.length === 0) return undefined;
  return `is of an older pilcrow: it lacks the ${listed(missing)}. \`pilcrow run\` or \`pilcrow once\` upgrades it`;
}

function listed(names: readonly string[]): string {
  return `${names.length === 1 ? 'migration' : 'migrations'} ${names.map((name) => `\`${name}\``).join(', ')}`;
}
