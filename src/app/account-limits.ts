import type { Config } from '../config/config.ts';
import { type Limits, isPaid, noLimits } from '../core/limits.ts';
import { troubledAccounts } from '../ledger/accounts/accounts.ts';
import { monthOf, spentSince } from '../ledger/accounts/spending.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { feedAccount } from './open-budget.ts';

/** An account of the bot, for limits. */
export interface Account {
  readonly platform: string;
  readonly limits: Limits;
}

/** A publisher that is no longer configured sends nothing, so it has no limits. */
export function accountOf(config: Config, publisher: string): Account {
  const entry = config.publishers.find(({ name }) => name === publisher);
  return { platform: entry?.platform ?? 'none', limits: entry?.limits ?? noLimits };
}

/** Spending this month in dollars, and whether the breaker is open: of each account with limits and each feed that costs something. */
export async function accountFigures({ publishers, feeds }: Config, db: Executor, now: number) {
  const blocked = new Map((await troubledAccounts(db)).map(({ name, blockedUntil }) => [name, blockedUntil]));
  const deferred = publishers.filter(({ limits }) => limits.failureThreshold !== null || isPaid(limits));
  const used = async (account: string) => (await spentSince(db, account, monthOf(now))) / 1e6;
  const ofPublishers = await Promise.all(
    deferred.map(async ({ name, limits: { budget } }) => ({
      account: name,
      used: await used(name),
      limit: budget.perMonth === null ? null : budget.perMonth / 1e6,
      open: (blocked.get(name) ?? 0) > now,
    })),
  );
  const ofFeeds = await Promise.all(
    feeds.map(async ({ name }) => ({
      account: feedAccount(name),
      used: await used(feedAccount(name)),
      limit: null,
      open: false,
    })),
  );
  return [...ofPublishers, ...ofFeeds.filter((figures) => figures.used > 0)];
}
