import { sql } from 'kysely';
import { isPostgres } from './dialect.ts';
import type { Executor } from './schema.ts';

/** A text that is another one when something was written since: to look again at what may have changed. */
export async function changeToken(db: Executor): Promise<string> {
  if (!isPostgres(db)) return await written(db);
  // All transactions that are visible and done; reads take no number.
  const { rows } = await sql<{ xmax: string }>`select pg_snapshot_xmax(pg_current_snapshot())::text as xmax`.execute(
    db,
  );
  return rows[0]?.xmax ?? '';
}

/** Moves with each commit, whoever made it. */
async function written(db: Executor): Promise<string> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(db);
  return String(rows[0]?.data_version);
}
