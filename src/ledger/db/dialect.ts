import { PostgresAdapter } from 'kysely';
import type { Executor } from './schema.ts';

/** The few queries that are not the same everywhere ask this. */
export function isPostgres(db: Executor): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
