import type { App } from '../app.ts';
import type { Config } from '../config/config.ts';
import { hourMs } from '../core/durations.ts';
import { shortId } from '../core/post.ts';
import { withoutMarkup } from '../core/text/strangers.ts';
import { localTime, utcMinute } from '../core/zone.ts';
import { troubledAccounts } from '../ledger/accounts/accounts.ts';
import {
  type Alert,
  heldSince,
  lostReplies,
  recordTroubles,
  reportAlerts,
  type Trouble,
  unreportedSince,
} from '../ledger/operators/alert-rows.ts';
import { failedDeliveries } from '../ledger/digests/deliveries.ts';
import { failedLoginsSince } from '../ledger/operators/audit-log.ts';
import { lostNotices } from '../ledger/operators/notices.ts';
import { longOutages } from '../ledger/feeds/feed-rows.ts';
import { unreadableFeeds } from '../ledger/feeds/unreadable.ts';
import { failedPosts } from '../ledger/posts/posts.ts';
import { quotaUsed } from '../ledger/accounts/reply-limits.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { replyPrice } from '../app/answering.ts';
import { accountFigures } from '../app/account-limits.ts';
import { silentFeeds } from '../app/watch-rhythms.ts';
import { troubleOf } from './account-troubles.ts';

/** Alerts of one kind. */
const maxAlerts = 100;

/**
 * Finds problems that need a person, and notifies the channels of `alerts`: once when an alert begins and once when it is over.
 * Alerts of the same time share a message; alerts in quiet hours wait until these end.
 */
export async function checkAlerts({ config, ledger, queue }: Pick<App, 'config' | 'ledger' | 'queue'>): Promise<void> {
  const now = await ledger.now();
  const found = [feedTroubles, accountTroubles, deadLetters, failedLogins].map((find) => find(config, ledger.db, now));
  const troubles = (await Promise.all(found)).flat();
  await ledger.transact((tx) => recordTroubles(tx, troubles, now));
  const { to, groupFor } = config.alerts;
  const first = await unreportedSince(ledger.db);
  if (to.length === 0 || first === undefined || first > now - groupFor || isQuiet(config.alerts, now)) return;
  await ledger.transact((tx) => reportAlerts(tx, to, { now, inWords: alertsInWords }));
  for (const channel of to) await queue.enqueue('notify', channel);
}

async function feedTroubles({ feeds, alerts }: Config, db: Executor, now: number): Promise<Trouble[]> {
  const names = feeds.map(({ name }) => name);
  const failing = (await longOutages(db, now - alerts.failingFor)).filter(({ feed }) => names.includes(feed));
  const silent = await silentFeeds(db, names);
  const unreadable = await unreadableFeeds(db, names);
  return [
    ...[...unreadable].map(([feed, reason]) => {
      const message = `feed ${feed}: nothing of its last answers can be read (${reason}); has its format changed?`;
      return { name: `feed ${feed} is unreadable`, message };
    }),
    ...failing.map(({ feed, since, reason }) => {
      return { name: `feed ${feed} fails`, message: `feed ${feed} has failed since ${utcMinute(since)}: ${reason}` };
    }),
    ...[...silent].map(([feed, words]) => ({ name: `feed ${feed} is silent`, message: `feed ${feed}: ${words}` })),
  ];
}

/** So many cooldowns in a row, some ten minutes, are worth an alert. */
const longCooldowns = 5;

async function accountTroubles(config: Config, db: Executor, now: number): Promise<Trouble[]> {
  const thresholds = new Map(config.publishers.map((publisher) => [publisher.name, publisher.limits.failureThreshold]));
  const open = (await troubledAccounts(db)).filter(
    ({ name, refusals, cooldowns, login_refused_at: loginRefusedAt }) => {
      const threshold = thresholds.get(name) ?? null;
      const isOpen = threshold !== null && refusals >= threshold;
      return thresholds.has(name) && (isOpen || loginRefusedAt !== null || cooldowns >= longCooldowns);
    },
  );
  const spent = (await accountFigures(config, db, now)).filter(
    ({ account, used, limit }) => limit !== null && limit > 0 && used + replyPrice(config, account) / 1e6 > limit,
  );
  const nearQuota = await quotasNearlyUsed(config, db, now);
  return [
    ...nearQuota,
    ...open.map((account) => {
      const { name, reason } = account;
      const why = account.login_refused_at === null ? undefined : troubleOf(account, now);
      const message = `account ${name} sends nothing${why === undefined ? `: ${reason ?? 'its replies are refused'}` : ` ${why}`}`;
      return { name: `account ${name} is blocked`, message };
    }),
    ...spent.map(({ account, used, limit }) => {
      const message = `account ${account} has spent $${used.toFixed(2)} of $${limit} this month and sends no more replies`;
      return { name: `account ${account} is out of budget`, message };
    }),
  ];
}

/** Part of a day's quota that is an alert. */
const nearlyUsed = 0.8;

async function quotasNearlyUsed({ publishers }: Config, db: Executor, now: number): Promise<Trouble[]> {
  const troubles: Trouble[] = [];
  for (const { name, limits } of publishers) {
    if (limits.perDay === null) continue;
    const used = await quotaUsed(db, name, now);
    if (used < nearlyUsed * limits.perDay) continue;
    const message = `account ${name} has used ${used} of its ${limits.perDay} replies today; the surplus waits for tomorrow`;
    troubles.push({ name: `account ${name} nears its daily quota`, message });
  }
  return troubles;
}

async function deadLetters({ alerts }: Config, db: Executor, now: number): Promise<Trouble[]> {
  const held = await heldSince(db, now - alerts.heldFor, maxAlerts);
  const count = `${held}${held === maxAlerts ? ' or more' : ''} replies`;
  return [
    ...(held === 0 ? [] : [{ name: 'replies are held', message: `${count} wait for a person: pilcrow review list` }]),
    ...(await failedPosts(db, maxAlerts)).map(({ key, error }) => {
      return { name: `post ${key}`, message: `post ${shortId(key)} was given up: ${error}; ${retryHint(key)}` };
    }),
    ...(await lostReplies(db, maxAlerts)).map(({ key, post_key: post, reason }) => {
      return { name: `reply ${key}`, message: `reply to post ${shortId(post)}: ${reason}; ${retryHint(post)}` };
    }),
    ...(await lostNotices(db)).map(({ channel, error }) => {
      const message = `channel ${channel}: notices were given up: ${error}`;
      return { name: `channel ${channel} loses notices`, message };
    }),
    ...(await failedDeliveries(db, maxAlerts)).map(({ digest, date, target, error }) => {
      const message = `digest ${digest} of ${date} to ${target} was given up: ${error}`;
      return { name: `digest ${digest} ${date} ${target}`, message };
    }),
  ];
}

/** A key may hold a stranger's words, which an alert does not repeat. */
function retryHint(key: string): string {
  return `pilcrow explain ${shortId(key)} shows the key for pilcrow replies retry`;
}

/** Wrong passwords within an hour that no person mistypes. */
const manyFailures = 20;

async function failedLogins(_: Config, db: Executor, now: number): Promise<Trouble[]> {
  const count = await failedLoginsSince(db, now - hourMs);
  if (count < manyFailures) return [];
  return [{ name: 'logins fail', message: `${count} logins at the page failed within an hour: pilcrow audit` }];
}

/** True during quiet hours. */
function isQuiet({ quiet }: Config['alerts'], now: number): boolean {
  if (quiet === null) return false;
  const { from, to } = quiet;
  const { minutes } = localTime(now, quiet.timezone);
  return from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

const maxLines = 20;

/** The message to channels. */
function alertsInWords(begun: readonly Alert[], over: readonly Alert[]) {
  const counted = (count: number, one: string, many: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  const subject = `Pilcrow: ${[...counted(begun.length, 'alert', 'alerts'), ...counted(over.length, 'all clear', 'all clear')].join(', ')}`;
  const lines = [
    ...begun.map(({ message, since, until }) => {
      return `- since ${utcMinute(since)}${until === null ? '' : `, over at ${utcMinute(until)}`}: ${withoutMarkup(message)}`;
    }),
    ...over.map(({ message, since, until }) => {
      return `- all clear since ${utcMinute(until ?? since)}, after ${span((until ?? since) - since)}: ${withoutMarkup(message)}`;
    }),
  ];
  const more = lines.length > maxLines ? [`and ${lines.length - maxLines} more: pilcrow doctor`] : [];
  return { subject, text: [...lines.slice(0, maxLines), ...more].join('\n'), alerts: { begun, over } };
}

function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
