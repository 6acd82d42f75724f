import type { Config } from '../config/config.ts';
import { localTime } from '../core/zone.ts';
import { troubledAccounts } from '../ledger/accounts/accounts.ts';
import { type Alert, heldSince, lostDeliveries, lostReplies, type Trouble } from '../ledger/operators/alert-rows.ts';
import { lostNotices } from '../ledger/operators/notices.ts';
import { longOutages } from '../ledger/feeds/outages.ts';
import { failedPosts } from '../ledger/posts/posts.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { replyPrice } from '../app/answering.ts';
import { accountFigures } from '../app/account-limits.ts';
import { silentFeeds } from '../app/watch-rhythms.ts';

/** Alerts of one kind. */
const maxAlerts = 100;

/** The problems in the ledger that need a person now. */
export async function troublesNow(config: Config, db: Executor, now: number): Promise<Trouble[]> {
  const found = await Promise.all([
    feedTroubles(config, db, now),
    accountTroubles(config, db, now),
    deadLetters(config, db, now),
  ]);
  return found.flat();
}

async function feedTroubles({ feeds, alerts }: Config, db: Executor, now: number): Promise<Trouble[]> {
  const names = feeds.map(({ name }) => name);
  const failing = (await longOutages(db, now - alerts.failingFor)).filter(({ feed }) => names.includes(feed));
  const silent = await silentFeeds(db, names);
  return [
    ...failing.map(({ feed, since, reason }) => {
      return { name: `feed ${feed} fails`, message: `feed ${feed} has failed since ${minute(since)}: ${reason}` };
    }),
    ...[...silent].map(([feed, words]) => ({ name: `feed ${feed} is silent`, message: `feed ${feed}: ${words}` })),
  ];
}

async function accountTroubles(config: Config, db: Executor, now: number): Promise<Trouble[]> {
  const thresholds = new Map(config.publishers.map((publisher) => [publisher.name, publisher.limits.failureThreshold]));
  const open = (await troubledAccounts(db)).filter(({ name, refusals }) => {
    const threshold = thresholds.get(name) ?? null;
    return threshold !== null && refusals >= threshold;
  });
  const spent = (await accountFigures(config, db, now)).filter(
    ({ account, used, limit }) => limit !== null && limit > 0 && used + replyPrice(config, account) / 1e6 > limit,
  );
  return [
    ...open.map(({ name, reason }) => {
      return {
        name: `account ${name} is blocked`,
        message: `account ${name} sends nothing: ${reason ?? 'its replies are refused'}`,
      };
    }),
    ...spent.map(({ account, used, limit }) => {
      const message = `account ${account} has spent $${used.toFixed(2)} of $${limit} this month and sends no more replies`;
      return { name: `account ${account} is out of budget`, message };
    }),
  ];
}

async function deadLetters({ alerts }: Config, db: Executor, now: number): Promise<Trouble[]> {
  const held = await heldSince(db, now - alerts.heldFor, maxAlerts);
  const count = `${held}${held === maxAlerts ? ' or more' : ''} replies`;
  return [
    ...(held === 0 ? [] : [{ name: 'replies are held', message: `${count} wait for a person: pilcrow review list` }]),
    ...(await failedPosts(db, maxAlerts)).map(({ key, error }) => {
      return { name: `post ${key}`, message: `post ${key} was given up: ${error}; pilcrow replies retry ${key}` };
    }),
    ...(await lostReplies(db, maxAlerts)).map(({ key, reason }) => {
      return { name: `reply ${key}`, message: `reply ${key}: ${reason}; pilcrow replies retry ${key}` };
    }),
    ...(await lostNotices(db)).map(({ channel, error }) => {
      return {
        name: `channel ${channel} loses notices`,
        message: `channel ${channel}: notices were given up: ${error}`,
      };
    }),
    ...(await lostDeliveries(db, maxAlerts)).map(({ digest, date, target, error }) => {
      return {
        name: `digest ${digest} ${date} ${target}`,
        message: `digest ${digest} of ${date} to ${target} was given up: ${error}`,
      };
    }),
  ];
}

/** True during quiet hours. */
export function isQuiet({ quiet }: Config['alerts'], now: number): boolean {
  if (quiet === null) return false;
  const { from, to, timezone } = quiet;
  const { minutes } = localTime(now, timezone);
  return from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

const maxLines = 20;

/** The message to channels. */
export function alertsInWords(begun: readonly Alert[], over: readonly Alert[]) {
  const counted = (count: number, one: string, many: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
  const subject = `Pilcrow: ${[...counted(begun.length, 'alert', 'alerts'), ...counted(over.length, 'all clear', 'all clear')].join(', ')}`;
  const lines = [
    ...begun.map(({ message, since, until }) => {
      return `- since ${minute(since)}${until === null ? '' : `, over at ${minute(until)}`}: ${message}`;
    }),
    ...over.map(
      ({ message, since, until }) =>
        `- all clear since ${minute(until ?? since)}, after ${span((until ?? since) - since)}: ${message}`,
    ),
  ];
  const more = lines.length > maxLines ? [`and ${lines.length - maxLines} more: pilcrow doctor`] : [];
  return { subject, text: [...lines.slice(0, maxLines), ...more].join('\n'), alerts: { begun, over } };
}

function minute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
