import { randomUUID } from 'node:crypto';
import type { Caps } from '../core/limits.ts';
import { RetryLater } from '../core/errors.ts';
import { lockAccount } from '../ledger/accounts/accounts.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { release, reserve, settle } from '../ledger/accounts/spending.ts';
import type { Budget } from '../platforms/platform.ts';

/** The account that a feed spends from. No publisher can have this name. */
export function feedAccount(feed: string): string {
  return `feed ${feed}`;
}

/** People raise caps by hand, and checking the ledger again is cheap. */
const longestWaitMs = 60 * 60_000;

/** Money of one account. `own` caps hold beside those that a driver names. */
export function openBudget(ledger: Ledger, account: string, own: Caps): Budget {
  return {
    async reserve(most, caps) {
      const id = `${account} ${randomUUID()}`;
      const both = { perDay: lower(own.perDay, caps.perDay), perMonth: lower(own.perMonth, caps.perMonth) };
      const now = await ledger.now();
      const overdraft = await ledger.transact(async (tx) => {
        await lockAccount(tx, account);
        return await reserve(tx, { id, account, amount: most }, { now, caps: both });
      });
      if (overdraft !== undefined)
        throw new RetryLater(overdraft.reason, Math.min(overdraft.until - now, longestWaitMs));
      return {
        settle: (cost) => ledger.transact((tx) => (cost === 0 ? release(tx, id) : settle(tx, id, cost))),
      };
    },
  };
}

function lower(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}
