import type { SchemaModule } from 'kysely';

/** How the platform treats an account of ours. */
export interface AccountsTable {
  /** Name of the publisher. */
  name: string;
  /** Refusals in a row. */
  refusals: number;
  /** Nothing is sent before: the breaker is open, or the platform asked for patience. */
  blocked_until: number;
  reason: string | null;
}

/** What the operator has stopped: `all`, `platform:ID` or `account:NAME`. */
export interface PausesTable {
  scope: string;
  reason: string;
  since: number;
}

/** Paid calls: reserved before, settled after. One whose end nobody knows counts as reserved for good. */
export interface SpendingTable {
  id: string;
  account: string;
  /** In millionths of a dollar. */
  amount: number;
  settled: number;
  at: number;
}

/** Makes the tables of what accounts may do at present, and what their calls cost. */
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
