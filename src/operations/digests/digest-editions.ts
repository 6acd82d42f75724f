import type { Config, DigestPlan } from '../../config/config.ts';
import { PermanentError, UsageError } from '../../core/errors.ts';
import { dueAt, following, lastClosed, periodAt, periodOf } from '../../digest/period.ts';
import { unknownName } from '../../config/suggest.ts';
import { addDays, type DateText, localTime } from '../../core/zone.ts';
import type { Digest } from '../../core/digest.ts';
import { messageOf, postOf } from '../../digest/deliver.ts';
import { idOf } from '../../ledger/digests/deliveries.ts';
import { issuedDays, knownFirstDay } from '../../ledger/digests/editions.ts';
import { firstWatch, watchedSince } from '../../ledger/feeds/feed-rows.ts';
import { digestPlatform } from '../../ledger/posts/digest-posts.ts';
import type { PlannedReply } from '../../ledger/replies/replies.ts';
import type { Executor, Target } from '../../ledger/db/schema.ts';
import type { TextLimits } from '../../platforms/platform.ts';

/** Limit of the days that are made after an outage, and of the days that are corrected. */
export const maxDays = 31;

/** The digest with this name; without a name, the only one. Errors: UsageError with the nearest name. */
export function digestNamed({ digests, file }: Config, name: string | undefined): DigestPlan {
  const found = name === undefined && digests.length === 1 ? digests[0] : digests.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = digests.map((one) => one.name);
  if (names.length === 0) throw new UsageError(`${file} has no \`digests\``);
  throw new UsageError(
    name === undefined ? `which digest? --name: ${names.join(', ')}` : unknownName('digest', name, names),
  );
}

/** The first period of a new digest: the last one that is over, but none before the bot began to watch. */
export async function firstPeriod(db: Executor, plan: DigestPlan, now: number): Promise<DateText> {
  const [closed, began] = [lastClosed(plan, now), periodAt((await firstWatch(db)) ?? now, plan)];
  return closed > began ? closed : began;
}

/**
 * The next period whose edition is due; undefined: none; null: the digest is new and has no first period yet. After its start a bot first reads
 * for `catchUpMs`.
 */
export async function nextPeriod(
  db: Executor,
  plan: DigestPlan,
  { now, catchUpMs }: { now: number; catchUpMs: number },
): Promise<DateText | null | undefined> {
  const first = await knownFirstDay(db, plan.name);
  if (first === undefined) return null;
  if (now - ((await watchedSince(db, now)) ?? 0) < catchUpMs) return undefined;
  const earliest = addDays(localTime(now, plan.timezone).date, -maxDays);
  const since = periodOf(first > earliest ? first : earliest, plan);
  const issued = new Set(await issuedDays(db, plan.name, since));
  for (let date = since; dueAt(date, plan) <= now; date = following(date, plan)) if (!issued.has(date)) return date;
  return undefined;
}

/** The configured targets of a digest. */
export function targetsOf({ folder, channels, account }: DigestPlan): Target[] {
  return [
    ...(folder === null ? [] : ['files' as const]),
    ...channels.map((name) => `channel ${name}` as const),
    ...(account === undefined ? [] : [`account ${account}` as const]),
  ];
}

/** All targets that an edition can be sent to. */
export function allTargets({ channels, publishers }: Config): Target[] {
  const accounts = publishers.filter(({ mode, platform }) => mode === 'own-timeline' || platform === 'log');
  return [
    'files',
    ...channels.map(({ name }) => `channel ${name}` as const),
    ...accounts.map(({ name }) => `account ${name}` as const),
  ];
}

/** The edition as a message for a channel; its id is the same at every attempt. */
export function digestMessage(edition: Digest, target: Target) {
  return messageOf(edition, idOf(edition.digest, edition.date, target));
}

/**
 * The edition as a post on the bot's own account, which answers nobody. It is planned like a reply, so it goes out once.
 * Errors: PermanentError if it does not fit.
 */
export function digestPost(
  plan: DigestPlan,
  edition: Digest,
  { publisher, limits, target, now }: { publisher: string; limits: TextLimits; target: Target; now: number },
): PlannedReply {
  const text = postOf(edition, plan.link, limits);
  if (text === undefined)
    throw new PermanentError(`${publisher} allows ${limits.maxLength} characters, too few for a digest`);
  const { digest, date, language } = edition;
  const key = `${digestPlatform}:${digest}-${date}-${publisher}`;
  const thread = `${digest} ${date} ${publisher}`;
  return {
    postKey: key,
    publisher,
    person: `${digestPlatform}:${digest}`,
    summoned: false,
    scope: { platform: digestPlatform, thread, cited: [] },
    payload: {
      key,
      text,
      language,
      createdAt: now,
      idempotencyKey: idOf(digest, date, target),
      replyTo: {
        key,
        platform: digestPlatform,
        id: thread,
        url: null,
        author: digest,
        thread,
        visibility: 'public',
      },
      alone: true,
    },
  };
}
