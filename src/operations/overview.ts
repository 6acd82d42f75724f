import type { Config } from '../config/config.ts';
import { isDryRun } from '../config/ledger-config.ts';
import { dayMs } from '../core/durations.ts';
import { isPaid } from '../core/limits.ts';
import { troubledAccounts } from '../ledger/accounts/accounts.ts';
import { type Flow, flowSince, sentSince } from '../ledger/posts/flow.ts';
import { feedRows } from '../ledger/feeds/feed-rows.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { measure } from '../ledger/processes/measures.ts';
import { monthOf, spentSince } from '../ledger/accounts/spending.ts';
import { lostNotices } from '../ledger/operators/notices.ts';
import { type Pause, pauses } from '../ledger/accounts/pauses.ts';
import { failedPosts } from '../ledger/posts/posts.ts';
import { waitingPublishers } from '../ledger/replies/replies.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { seenToday } from '../observe/rhythm.ts';
import { stoppedBecause } from '../app/pause-file.ts';
import { workerIsRunning } from '../app/open-ledger.ts';
import { feedAccount } from '../app/open-budget.ts';
import { rhythms, silentFeeds } from '../app/watch-rhythms.ts';

/** The state of the bot at one moment. */
export interface Overview {
  readonly bot: { readonly alive: boolean; readonly message: string };
  /** Since midnight, UTC. */
  readonly today: Flow & { readonly seen: number };
  /** Open replies by state, counted up to 20,000. */
  readonly replies: ReadonlyMap<string, number>;
  readonly feeds: readonly FeedHealth[];
  readonly accounts: readonly AccountHealth[];
  readonly pauses: readonly Pause[];
  /** Problems that need a person, as text. */
  readonly alerts: readonly string[];
}

export interface FeedHealth {
  readonly name: string;
  readonly platform: string;
  readonly state: 'ok' | 'failing' | 'silent' | 'new';
  /** The problem; undefined: none. */
  readonly message: string | undefined;
  readonly polledAt: number | null;
  readonly seen: number;
  readonly ingested: number;
  readonly rejected: number;
  /** Costs this month, in millionths of a dollar. */
  readonly spent: number;
}

export interface AccountHealth {
  readonly name: string;
  readonly platform: string;
  readonly mode: string;
  /** True for the log: nobody gets its replies, although their stored state is `sent`. */
  readonly isDryRun: boolean;
  readonly state: 'ok' | 'paused' | 'blocked';
  readonly message: string | undefined;
  readonly sentToday: number;
  readonly perDay: number | null;
  /** Costs this month, in millionths of a dollar; undefined: the account is free of charge. */
  readonly spent: number | undefined;
  readonly budget: number | null;
}

/** All queries use indexes, so the size of the ledger does not matter. */
export async function overview(config: Config, ledger: Ledger): Promise<Overview> {
  const { db } = ledger;
  const now = await ledger.now();
  const midnight = now - (now % dayMs);
  const names = config.feeds.map(({ name }) => name);
  const publishers = config.publishers.map(({ name }) => name);
  const [bot, flow, measures, feeds, accounts, paused, seen] = await Promise.all([
    workerIsRunning(config),
    flowSince(db, midnight, publishers),
    measure(db, names, now),
    feedHealth(config, db, now),
    accountHealth(config, db, { now, midnight }),
    pauses(db),
    seenSinceMidnight(db, names, now),
  ]);
  const alerts = await alertsOf(config, db, { feeds, accounts, paused });
  return { bot, today: { ...flow, seen }, replies: measures.replies, feeds, accounts, pauses: paused, alerts };
}

async function seenSinceMidnight(db: Executor, feeds: readonly string[], now: number): Promise<number> {
  const [known, rows] = await Promise.all([rhythms(db, feeds), feedRows(db)]);
  const ours = rows.filter(({ name }) => feeds.includes(name));
  return ours.reduce((sum, { name, seen }) => sum + seenToday(known.get(name), { now, seen }), 0);
}

async function feedHealth(config: Config, db: Executor, now: number): Promise<FeedHealth[]> {
  const [rows, silent] = await Promise.all([
    feedRows(db),
    silentFeeds(
      db,
      config.feeds.map(({ name }) => name),
    ),
  ]);
  return await Promise.all(
    config.feeds.map(async ({ name, platform }) => {
      const row = rows.find((candidate) => candidate.name === name);
      const spent = await spentSince(db, feedAccount(name), monthOf(now));
      const { polled_at: polledAt = null, seen = 0, ingested = 0, rejected = 0 } = row ?? {};
      const figures = { name, platform, polledAt, seen, ingested, rejected, spent };
      if (row === undefined) return { ...figures, state: 'new' as const, message: 'not read yet' };
      if (row.last_error !== null) return { ...figures, state: 'failing' as const, message: row.last_error };
      const message = silent.get(name);
      return { ...figures, state: message === undefined ? ('ok' as const) : ('silent' as const), message };
    }),
  );
}

async function accountHealth(
  config: Config,
  db: Executor,
  { now, midnight }: { now: number; midnight: number },
): Promise<AccountHealth[]> {
  const names = config.publishers.map(({ name }) => name);
  const [sent, troubled, paused] = await Promise.all([
    sentSince(db, midnight, names),
    troubledAccounts(db),
    pauses(db),
  ]);
  return await Promise.all(
    config.publishers.map(async ({ name, platform, mode, limits }) => {
      const blocked = troubled.find((one) => one.name === name && one.blockedUntil > now);
      const pause = paused.find(({ scope }) => ['all', `platform:${platform}`, `account:${name}`].includes(scope));
      const spent = isPaid(limits) ? await spentSince(db, name, monthOf(now)) : undefined;
      const figures = {
        name,
        platform,
        mode,
        isDryRun: isDryRun(config, name),
        sentToday: sent.get(name) ?? 0,
        perDay: limits.perDay,
        spent,
      };
      const budget = limits.budget.perMonth;
      if (pause !== undefined) return { ...figures, budget, state: 'paused' as const, message: pause.reason };
      if (blocked === undefined) return { ...figures, budget, state: 'ok' as const, message: undefined };
      const message = `until ${new Date(blocked.blockedUntil).toISOString().slice(11, 16)}Z: ${blocked.reason ?? 'no reason'}`;
      return { ...figures, budget, state: 'blocked' as const, message };
    }),
  );
}

interface Known {
  readonly feeds: readonly FeedHealth[];
  readonly accounts: readonly AccountHealth[];
  readonly paused: readonly Pause[];
}

async function alertsOf(config: Config, db: Executor, { feeds, accounts, paused }: Known): Promise<string[]> {
  const stopped = stoppedBecause(config);
  const configured = new Set(config.publishers.map(({ name }) => name));
  const [failed, waiting, lost] = await Promise.all([failedPosts(db, 1), waitingPublishers(db), lostNotices(db)]);
  return [
    ...(stopped === undefined ? [] : [`Nothing is sent: ${stopped}`]),
    ...paused.map(({ scope, reason }) => `Paused (${scope}): ${reason}`),
    ...feeds.flatMap(({ name, state, message }) =>
      state === 'failing' || state === 'silent' ? [`Feed ${name}: ${message}`] : [],
    ),
    ...accounts.flatMap(({ name, state, message }) =>
      state === 'blocked' ? [`Account ${name} is blocked ${message}`] : [],
    ),
    ...waiting
      .filter((name) => !configured.has(name))
      .map((name) => `Replies wait for a publisher ${name}, which is not configured`),
    ...(failed.length === 0 ? [] : ['Some posts could not be resolved: see the dead letters']),
    ...lost.map(({ channel, count }) => `Channel ${channel}: ${count} notices were given up`),
  ];
}
