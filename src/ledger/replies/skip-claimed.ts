import { type RawBuilder, sql } from 'kysely';
import { isPostgres } from '../db/dialect.ts';
import type { Executor } from '../db/schema.ts';

/**
 * At the end of a question for replies: only those that no other process is about to write, so that nobody waits for anybody. PostgreSQL
 * locks them until the end of the transaction; on SQLite a transaction is alone anyway.
 */
export function skipClaimed(tx: Executor): RawBuilder<unknown> {
  return isPostgres(tx) ? sql`for update of replies skip locked` : sql``;
}
