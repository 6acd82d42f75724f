import type { SchemaModule } from 'kysely';

/** Circuit breaker and cooldown of an account. */
export interface AccountsTable {
  /** Name of the publisher. */
  name: string;
  /** Refusals in a row. */
  refusals: number;
  /** Nothing is sent before this time: the breaker is open, or the platform asked to wait. */
  blocked_until: number;
  reason: string | null;
}

/** Paused scopes: `all`, `platform:ID` or `account:NAME`. */
export interface PausesTable {
  scope: string;
  reason: string;
  since: number;
}

/** Paid calls: reserved before, settled after. One with unknown outcome stays reserved. */
export interface SpendingTable {
  id: string;
  account: string;
  /** In millionths of a dollar. */
  amount: number;
  settled: number;
  at: number;
}

/** Creates the tables of accounts, pauses and spending. */
export async function accountTables(schema: SchemaModule): Promise<void> {
  await schema
    .createTable('accounts')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('refusals', 'integer', (c) => c.notNull())
    .addColumn('blocked_until', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text')
    .execute();
  await schema
    .createTable('pauses')
    .addColumn('scope', 'text', (c) => c.primaryKey())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .execute();
  await schema
    .createTable('spending')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('account', 'text', (c) => c.notNull())
    .addColumn('amount', 'bigint', (c) => c.notNull())
    .addColumn('settled', 'integer', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await schema.createIndex('spending_of_account').on('spending').columns(['account', 'at']).execute();
}
