import { sql } from 'kysely';
import { isPostgres } from './dialect.ts';
import type { Executor } from './schema.ts';

/** Opaque token that changes with every commit; compare to detect writes. */
export async function changeToken(db: Executor): Promise<string> {
  if (!isPostgres(db)) return await dataVersion(db);
  // Only writing transactions get an id, so reads do not change it.
  const { rows } = await sql<{ xmax: string }>`select pg_snapshot_xmax(pg_current_snapshot())::text as xmax`.execute(
    db,
  );
  return rows[0]?.xmax ?? '';
}

/** Changes with each commit of another connection. */
async function dataVersion(db: Executor): Promise<string> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(db);
  return String(rows[0]?.data_version);
}
