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

export interface PausesTable {
  /** Everything, a platform, or an account (a publisher of the configuration). */
  scope: 'all' | `platform:${string}` | `account:${string}`;
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
