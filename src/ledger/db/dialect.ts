import { PostgresAdapter } from 'kysely';
import type { Executor } from './schema.ts';

/** For the few queries that differ between databases. */
export function isPostgres(db: Executor): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
