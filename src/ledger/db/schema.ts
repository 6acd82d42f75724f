import type { Kysely, Transaction } from 'kysely';
import type { OperationTables } from './tables/operation-tables.ts';
import type { WorkTables } from './tables/work-tables.ts';

export type * from './tables/operation-tables.ts';
export type * from './tables/reply-row.ts';
export type * from './tables/work-tables.ts';

/** Runs queries: the database for reads, the transaction for writes. */
export type Executor = Kysely<Schema> | Transaction<Schema>;

/** The rows of all tables; `migrations` has the DDL. Ids are text, times integer milliseconds since the Unix epoch, JSON is text. */
export interface Schema extends OperationTables, WorkTables {}
