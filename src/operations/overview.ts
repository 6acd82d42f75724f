import type { Config, FeedEntry, PublisherEntry } from '../config/config.ts';
import { isDryRun } from '../config/ledger-config.ts';
import { dayMs, hourMs } from '../core/durations.ts';
import { isPaid } from '../core/limits.ts';
import { pauses, troubledAccounts } from '../ledger/accounts/accounts.ts';
import { hourlyFlow, postsIn, repliesIn, startOfHour } from '../ledger/posts/flow.ts';
import { feedRows, rejectsByFeed } from '../ledger/feeds/feed-rows.ts';
import type { LedgerReader } from '../ledger/ledger.ts';
import { measure } from '../ledger/processes/measures.ts';
import { monthOf, spentSince } from '../ledger/accounts/spending.ts';
import { waitingWork } from '../ledger/operators/waiting-work.ts';
import type { FeedRow } from '../ledger/db/schema.ts';
import { seenHourly } from '../observe/hourly.ts';
import { seenToday } from '../observe/rhythm.ts';
import { movedViewers } from '../app/link-knowledge.ts';
import { stoppedBecause } from '../app/pause-file.ts';
import { workerIsRunning } from '../app/open-ledger.ts';
import { feedAccount } from '../app/account-limits.ts';
import { hoursOfFeeds, rhythms, silentFeeds } from '../app/watch-rhythms.ts';
import { troubleOf } from './account-troubles.ts';
import { missingPublishers } from './missing-publishers.ts';

/** The state of the bot. `today`: since midnight, UTC; `logged`: the sent replies that only the log got. `hours`: the last 24, for `lastDay`. `replies`: open ones by state, up to 2,000. `waiting`: work for a person. `alerts`: problems that need one, as text. */
export type Overview = Awaited<ReturnType<typeof overview>>;

/** `message`: the problem. `unreadable`: stored items that could not be read, of `rejected` since the feed is known. `spent`: costs this month, in millionths of a dollar. */
export type FeedHealth = Awaited<ReturnType<typeof feedHealth>>;

/**
 * `message`: the problem. `isDryRun`: the log, whose replies nobody gets, although their stored state is `sent`. `spent`: costs this month,
 * in millionths of a dollar; undefined: the account is free of charge.
 */
export type AccountHealth = Awaited<ReturnType<typeof accountHealth>>;

/** All queries use indexes, so the size of the ledger does not matter. */
export async function overview(config: Config, ledger: LedgerReader) {
  const facts = await factsOf(config, ledger);
  const { bot, hours, today, replies, rhythmOf, waiting, now } = facts;
  const feeds = await Promise.all(config.feeds.map((feed) => feedHealth(feed, facts)));
  const accounts = await Promise.all(config.publishers.map((account) => accountHealth(account, facts)));
  const seen = feeds.reduce((sum, feed) => sum + seenToday(rhythmOf.get(feed.name), { now, seen: feed.seen }), 0);
  const publishers = config.publishers.map(({ name }) => name);
  const dryRuns = publishers.filter((name) => isDryRun(config, name));
  return {
    bot,
    today: {
      seen,
      ingested: postsIn(today),
      decided: postsIn(today, ['decided']),
      failed: postsIn(today, ['failed']),
      sent: repliesIn(today, publishers, ['sent']),
      logged: repliesIn(today, dryRuns, ['sent']),
    },
    hours,
    replies,
    waiting,
    feeds,
    accounts,
    alerts: alertsOf(feeds, accounts, facts),
  };
}

type Facts = Awaited<ReturnType<typeof factsOf>>;

async function factsOf(config: Config, ledger: LedgerReader) {
  const { db } = ledger;
  const now = await ledger.now();
  const feeds = config.feeds.map(({ name }) => name);
  const publishers = config.publishers.map(({ name }) => name);
  const [bot, hours, { replies }, rows, unreadable, silent, rhythmOf] = await Promise.all([
    workerIsRunning(config),
    hourlyFlow(db, { since: lastDayStart(now), now }, publishers),
    measure(db, feeds, now),
    feedRows(db),
    rejectsByFeed(db),
    silentFeeds(db, feeds),
    rhythms(db, feeds),
  ]);
  const [troubled, paused, waiting, missing, moved] = await Promise.all([
    troubledAccounts(db),
    pauses(db),
    waitingWork(db),
    missingPublishers(config, db),
    movedViewers(config.links, db),
  ]);
  const ofFeeds = { rows, unreadable, silent, rhythmOf };
  return {
    config,
    db,
    now,
    bot,
    hours,
    today: hours.filter(({ from }) => from >= now - (now % dayMs)),
    replies,
    ...ofFeeds,
    troubled,
    paused,
    waiting,
    missing,
    moved,
  };
}

async function feedHealth({ name, platform }: FeedEntry, { db, now, rows, silent, unreadable }: Facts) {
  const row = rows.find((candidate) => candidate.name === name);
  const { polled_at: polledAt = null, seen = 0, ingested = 0, rejected = 0 } = row ?? {};
  const spent = await spentSince(db, feedAccount(name), monthOf(now));
  const stored = unreadable.get(name) ?? 0;
  const state = feedState(row, silent.get(name), stored);
  return { name, platform, polledAt, seen, ingested, rejected, unreadable: stored, spent, ...state };
}

function feedState(row: FeedRow | undefined, silence: string | undefined, unreadable: number) {
  if (row === undefined) return { state: 'new', message: 'not read yet' } as const;
  if (row.last_error !== null) return { state: 'failing', message: row.last_error } as const;
  if (silence !== undefined) return { state: 'silent', message: silence } as const;
  if (unreadable === 0) return { state: 'ok', message: undefined } as const;
  return { state: 'partial', message: `${unreadable} unreadable ${unreadable === 1 ? 'item' : 'items'}` } as const;
}

async function accountHealth({ name, platform, mode, limits }: PublisherEntry, facts: Facts) {
  const { config, db, now, today } = facts;
  return {
    name,
    platform,
    mode,
    isDryRun: isDryRun(config, name),
    sentToday: repliesIn(today, [name]),
    perDay: limits.perDay,
    spent: isPaid(limits) ? await spentSince(db, name, monthOf(now)) : undefined,
    budget: limits.budget.perMonth,
    ...accountState(name, platform, facts),
  };
}

function accountState(name: string, platform: string, { troubled, paused, now }: Facts) {
  const pause = paused.find(({ scope }) => ['all', `platform:${platform}`, `account:${name}`].includes(scope));
  if (pause !== undefined) return { state: 'paused', message: pause.reason } as const;
  const account = troubled.find((one) => one.name === name);
  const message = account && troubleOf(account, now);
  return message === undefined ? ({ state: 'ok', message } as const) : ({ state: 'blocked', message } as const);
}

function alertsOf(feeds: readonly FeedHealth[], accounts: readonly AccountHealth[], facts: Facts): string[] {
  const { config, paused, missing, moved } = facts;
  const stopped = stoppedBecause(config);
  const failing = feeds.filter(({ state }) => state === 'failing' || state === 'silent');
  const blocked = accounts.filter(({ state }) => state === 'blocked');
  return [
    ...(stopped === undefined ? [] : [`Nothing is sent: ${stopped}`]),
    ...paused.map(({ scope, reason }) => `Paused (${scope}): ${reason}`),
    ...failing.map(({ name, message }) => `Feed ${name}: ${message}`),
    ...blocked.map(({ name, message }) => `Account ${name} is blocked ${message}`),
    ...missing.map(({ message }) => `R${message.slice(1)}`),
    ...moved,
  ];
}

/** Start of the first of the last 24 hours, of which the current one has only begun. */
export function lastDayStart(now: number): number {
  return startOfHour(now) - dayMs + hourMs;
}

/** `from`: start of the hour. `read`: posts that the feeds delivered; `cited`: posts ingested; `failed`: posts and replies; `unreadable`: items of feeds. */
export interface Hour {
  readonly from: number;
  readonly read: number;
  readonly cited: number;
  readonly sent: number;
  readonly failed: number;
  readonly unreadable: number;
}

/**
 * The last 24 hours, the current one last; replies by the hour of their last attempt. `isDryRun`: `sent` counts replies in the log, which are
 * those of a bot that has no other publisher.
 */
export async function lastDay(
  config: Config,
  { db }: LedgerReader,
  { hours: flow }: Pick<Overview, 'hours'>,
): Promise<{ hours: readonly Hour[]; isDryRun: boolean }> {
  const publishers = config.publishers.map(({ name }) => name);
  const real = publishers.filter((name) => !isDryRun(config, name));
  const counted = real.length > 0 ? real : publishers;
  const [rows, starts] = await Promise.all([feedRows(db), hoursOfFeeds(db)]);
  const read = rows.map(({ name, seen }) => seenHourly(starts.get(name) ?? [], seen));
  const hours = flow.map((hour) => ({
    from: hour.from,
    read: read.reduce((sum, hourly) => sum + (hourly.get(hour.from) ?? 0), 0),
    cited: postsIn([hour]),
    sent: repliesIn([hour], counted, ['sent']),
    failed: postsIn([hour], ['failed']) + repliesIn([hour], counted, ['refused', 'abandoned']),
    unreadable: hour.unreadable,
  }));
  return { hours, isDryRun: real.length === 0 };
}
