import { type RawBuilder, sql } from 'kysely';
import { isPostgres } from '../db/dialect.ts';
import type { Executor } from '../db/schema.ts';

/**
 * End of a query for replies: locks them and skips those that other transactions have locked, so that no process waits. SQLite needs no clause,
 * because it has one writer.
 */
export function skipClaimed(tx: Executor): RawBuilder<unknown> {
  return isPostgres(tx) ? sql`for update of replies skip locked` : sql``;
}
