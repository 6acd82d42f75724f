import { type AliasableExpression, PostgresAdapter, type SelectQueryBuilder, sql, type SqlBool } from 'kysely';
import type { UpdateResult } from 'kysely';
import type { Executor, Schema } from './schema.ts';

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

/** Size of SQLite's file in bytes; 0 for PostgreSQL, whose files are its own. */
export async function fileBytes(db: Executor): Promise<number> {
  if (isPostgres(db)) return 0;
  const size = sql<{ bytes: number }>`select page_count * page_size as bytes from pragma_page_count, pragma_page_size`;
  return (await size.execute(db)).rows[0]?.bytes ?? 0;
}

/** SQLite's check of the file: `ok` or its findings. PostgreSQL checks its own files. */
export async function quickCheck(db: Executor): Promise<string> {
  if (isPostgres(db)) return 'ok';
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check`.execute(db);
  return rows.map((row) => row.quick_check).join('; ');
}

/** Runs an update. True: it found a row. */
export async function findsRow(update: { executeTakeFirst(): Promise<UpdateResult> }): Promise<boolean> {
  return (await update.executeTakeFirst()).numUpdatedRows > 0n;
}

/** Where rows are counted for people and for metrics, counting stops here: it costs the same in a ledger of years. */
export const mostCounted = 1000;

/** Number of rows that a query finds. */
export async function countRows(db: Executor, query: AliasableExpression<object>): Promise<number> {
  const counted = db.selectFrom(query.as('rows')).select(({ fn }) => fn.countAll<number>().as('count'));
  return (await counted.executeTakeFirstOrThrow()).count;
}

/** Keyset pagination: the last row of a page. */
export interface PageToken {
  readonly at: number;
  readonly key: string;
}

/** `after` undefined: the first page. */
export interface PageRequest {
  readonly after: PageToken | undefined;
  readonly limit: number;
}

/** A page of these rows, the latest first by `at` and the column `key`; `next` undefined: it is the last one. */
export async function readPage<Table extends keyof Schema, Row extends { readonly at: number }>(
  query: SelectQueryBuilder<Schema, Table, Row>,
  key: keyof Row & string,
  { after, limit }: PageRequest,
): Promise<{ rows: Row[]; next: PageToken | undefined }> {
  const behind = after && sql<SqlBool>`at <= ${after.at} and (at, ${sql.ref(key)}) < (${after.at}, ${after.key})`;
  const some = behind === undefined ? query : query.where(behind);
  const sorted = some.orderBy(sql`at`, 'desc').orderBy(sql.ref(key), 'desc');
  const found: Row[] = await sorted.limit(limit + 1).execute();
  const last = found.length > limit ? found[limit - 1] : undefined;
  return { rows: found.slice(0, limit), next: last && { at: last.at, key: String(last[key]) } };
}
