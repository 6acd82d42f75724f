import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { RetryLater } from '../core/errors.ts';
import { type Caps, type Limits, isPaid, noLimits } from '../core/limits.ts';
import { lockAccount, troubledAccounts } from '../ledger/accounts/accounts.ts';
import { monthOf, release, reserve, settle, spentSince } from '../ledger/accounts/spending.ts';
import type { Executor } from '../ledger/db/schema.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Budget } from '../platforms/platform.ts';

/** An account of the bot, for limits. */
export interface Account {
  readonly platform: string;
  readonly limits: Limits;
  readonly repeatWhenAbsent: boolean;
}

/** A publisher that is no longer configured sends nothing, so it has no limits. */
export function accountOf(config: Config, publisher: string): Account {
  const entry = config.publishers.find(({ name }) => name === publisher);
  const { platform = 'none', limits = noLimits, repeatWhenAbsent = false } = entry ?? {};
  return { platform, limits, repeatWhenAbsent };
}

/** Spending this month in dollars, and whether the breaker is open: of each account with limits and each feed that costs something. */
export async function accountFigures({ publishers, feeds }: Config, db: Executor, now: number) {
  const blocked = new Map((await troubledAccounts(db)).map((account) => [account.name, account.blocked_until]));
  const deferred = publishers.filter(({ limits }) => limits.failureThreshold !== null || isPaid(limits));
  const figures = async (account: string, perMonth: number | null) => {
    const used = (await spentSince(db, account, monthOf(now))) / 1e6;
    const limit = perMonth === null ? null : perMonth / 1e6;
    return { account, used, limit, open: (blocked.get(account) ?? 0) > now };
  };
  const ofPublishers = await Promise.all(deferred.map(({ name, limits }) => figures(name, limits.budget.perMonth)));
  const ofFeeds = await Promise.all(feeds.map(({ name }) => figures(feedAccount(name), null)));
  return [...ofPublishers, ...ofFeeds.filter(({ used }) => used > 0)];
}

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
