import { PostgresAdapter, sql } from 'kysely';
import type { Executor } from './schema.ts';

/** For the few queries that differ between databases. */
export function isPostgres(db: Executor): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Opaque token that changes with every commit; compare to detect writes. */
export async function changeToken(db: Executor): Promise<string> {
  // PostgreSQL: only writing transactions get an id, so reads do not change it. SQLite: changes with each commit of another connection.
  const query = isPostgres(db)
    ? sql<{ token: string }>`select pg_snapshot_xmax(pg_current_snapshot())::text as token`
    : sql<{ token: number }>`select data_version as token from pragma_data_version`;
  const { rows } = await query.execute(db);
  return String(rows[0]?.token);
}

/** SQLite's check of the file: `ok` or its findings. PostgreSQL checks its own files. */
export async function quickCheck(db: Executor): Promise<string> {
  if (isPostgres(db)) return 'ok';
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check`.execute(db);
  return rows.map((row) => row.quick_check).join('; ');
}
