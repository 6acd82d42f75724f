import type { Config, DigestPlan } from '../config/config.ts';
import { dayMs } from '../core/durations.ts';
import { PermanentError, UsageError } from '../core/errors.ts';
import { suggestion } from '../config/suggest.ts';
import { addDays, type DateText, localTime, startOfDay } from '../core/zone.ts';
import { build, dueAt, type Material } from '../digest/build.ts';
import type { Digest, Tally } from '../core/digest.ts';
import { messageOf, postOf } from '../digest/deliver.ts';
import { plus, tallyOf, zero } from '../digest/tally.ts';
import { citedBefore, countedPosts } from '../ledger/digests/counted-posts.ts';
import { countEditions, issuedDays, editions, idOf, knownFirstDay } from '../ledger/digests/editions.ts';
import { gapsWithin, watchedSince } from '../ledger/feeds/feed-rows.ts';
import { digestPlatform } from '../ledger/posts/digest-posts.ts';
import type { PlannedReply } from '../ledger/replies/replies.ts';
import type { Executor, Target } from '../ledger/db/schema.ts';
import type { TextLimits } from '../platforms/platform.ts';

/** Limit of the days that are made after an outage, and of the days that are corrected. */
const maxDays = 31;

/** The digest with this name; without a name, the only one. Errors: UsageError with the nearest name. */
export function digestNamed({ digests, file }: Config, name: string | undefined): DigestPlan {
  const found = name === undefined && digests.length === 1 ? digests[0] : digests.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = digests.map((one) => one.name);
  if (names.length === 0) throw new UsageError(`${file} has no \`digests\``);
  const near = suggestion(name ?? '', names);
  const known = near === '' ? `there are ${names.join(', ')}` : near;
  throw new UsageError(name === undefined ? `which digest? --name: ${known}` : `unknown digest \`${name}\`; ${known}`);
}

/** The last day that has ended in the time zone of the digest. */
export function lastClosedDay({ timezone }: Pick<DigestPlan, 'timezone'>, now: number): DateText {
  return addDays(localTime(now, timezone).date, -1);
}

/**
 * The next day whose edition is due; undefined: none; null: the digest is new and has no first day yet. After its start a bot first reads
 * for `catchUpMs`.
 */
export async function nextDay(
  db: Executor,
  plan: DigestPlan,
  { now, catchUpMs }: { now: number; catchUpMs: number },
): Promise<DateText | null | undefined> {
  const first = await knownFirstDay(db, plan.name);
  if (first === undefined) return null;
  if (now - ((await watchedSince(db, now)) ?? 0) < catchUpMs) return undefined;
  const earliest = addDays(localTime(now, plan.timezone).date, -maxDays);
  const since = first > earliest ? first : earliest;
  const issued = new Set(await issuedDays(db, plan.name, since));
  for (let date = since; dueAt(date, plan) <= now; date = addDays(date, 1)) if (!issued.has(date)) return date;
  return undefined;
}

/**
 * Builds the digest of a day from the ledger, with corrections to earlier editions. A day that is not over is counted up to now. `editions`:
 * their number at the time of building. Errors: UsageError for a day that has not begun.
 */
export async function buildDigest(db: Executor, config: Config, plan: DigestPlan, date: DateText, now: number) {
  const { timezone, name } = plan;
  const span = spanOf(date, timezone);
  if (now < span.from) throw new UsageError(`${date} has not begun in ${timezone}`);
  const count = await countEditions(db, name);
  const tallyAt = dayReader(db, plan);
  const before = await Promise.all(Array.from({ length: 7 }, (_, ago) => tallyAt(addDays(date, -1 - ago))));
  const published = await publishedTallies(db, config, plan, date, now);
  const earlier: { date: DateText; published: Tally; now: Tally }[] = [];
  for (const [day, tally] of published) earlier.push({ date: day, published: tally, now: await tallyAt(day) });
  const posts = await countedPosts(db, span);
  const material: Material = {
    date,
    posts,
    before,
    cited: await citedBefore(db, Object.keys(tallyOf(posts, plan).cables), span.from),
    gaps: await gapsWithin(db, span),
    feeds: feedsOf(config, plan),
    editions: earlier,
    unfinished: now < span.to ? now : undefined,
  };
  return { ...build(material, plan), editions: count };
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

/** From the first millisecond of a day to that of the next. */
export function spanOf(date: DateText, timezone: string): { from: number; to: number } {
  return { from: startOfDay(date, timezone), to: startOfDay(addDays(date, 1), timezone) };
}

/** Reads each day once. */
function dayReader(db: Executor, plan: DigestPlan): (date: DateText) => Promise<Tally> {
  const read = new Map<DateText, Promise<Tally>>();
  const tally = async (date: DateText) => tallyOf(await countedPosts(db, spanOf(date, plan.timezone)), plan);
  return (date) => {
    const known = read.get(date) ?? tally(date);
    read.set(date, known);
    return known;
  };
}

/** The published tallies of the days that may still be corrected: each edition plus the later corrections to it. */
async function publishedTallies(
  db: Executor,
  { retention }: Config,
  { name, timezone }: DigestPlan,
  date: DateText,
  now: number,
): Promise<ReadonlyMap<DateText, Tally>> {
  // Days whose posts were purged cannot be compared.
  const storedDays = retention.texts === null ? maxDays : Math.min(maxDays, Math.floor(retention.texts / dayMs) - 2);
  const since = addDays(localTime(now, timezone).date, -Math.max(0, storedDays));
  const found = await editions(db, { digest: name, since, limit: 2 * maxDays });
  const tallies = new Map<DateText, Tally>();
  for (const edition of found) if (edition.date < date) tallies.set(edition.date, edition.tally);
  for (const { model } of found) {
    for (const { date: day, changes } of model.corrections) {
      if (tallies.has(day)) tallies.set(day, plus(tallies.get(day) ?? zero, changes));
    }
  }
  return tallies;
}

function feedsOf({ feeds }: Config, { filter }: DigestPlan): string[] {
  return feeds
    .filter(({ name, platform }) => filter.feeds?.includes(name) ?? filter.platforms?.includes(platform) ?? true)
    .map(({ name }) => name);
}
