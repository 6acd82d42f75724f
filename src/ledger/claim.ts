import type { SelectQueryBuilder } from 'kysely';
import { isPostgres } from './dialect.ts';
import type { Executor, Schema } from './schema.ts';

/**
 * The rows that `query` finds, but not those that another process is about to write: nobody waits for anybody. PostgreSQL locks the
 * rows until the end of the transaction; on SQLite a transaction is alone anyway.
 */
export function claim<Table extends keyof Schema, Row>(
  tx: Executor,
  query: SelectQueryBuilder<Schema, Table, Row>,
): SelectQueryBuilder<Schema, Table, Row> {
  return isPostgres(tx) ? query.forUpdate().skipLocked() : query;
}
