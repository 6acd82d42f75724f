import type { Config, DigestPlan } from '../config/config.ts';
import { dayMs } from '../core/durations.ts';
import { UsageError } from '../core/errors.ts';
import { suggestion } from '../config/suggest.ts';
import { addDays, type DateText, localTime, startOfDay } from '../core/zone.ts';
import { build, type DigestTerms, dueAt, type Material } from '../digest/build.ts';
import type { Digest, Tally } from '../core/digest.ts';
import { plus, tallyOf, zero } from '../digest/tally.ts';
import { citedBefore, countedPosts } from '../ledger/digests/counted-posts.ts';
import { countEditions, issuedDays, editionOf, editions, knownFirstDay } from '../ledger/digests/editions.ts';
import { gapsWithin, watchedSince } from '../ledger/feeds/outages.ts';
import type { Executor } from '../ledger/db/schema.ts';

export type { DigestPlan };

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
  for (let date = since; dueAt(date, termsOf(plan)) <= now; date = addDays(date, 1)) if (!issued.has(date)) return date;
  return undefined;
}

/** A digest, and the number of editions at the time of building. */
export interface Built {
  readonly digest: Digest;
  readonly tally: Tally;
  readonly editions: number;
}

/**
 * Builds the digest of a day from the ledger, with corrections to earlier editions. A day that is not over is counted up to now.
 * Errors: UsageError for a day that has not begun.
 */
export async function buildDigest(
  db: Executor,
  config: Config,
  plan: DigestPlan,
  date: DateText,
  now: number,
): Promise<Built> {
  const { timezone, name } = plan;
  const terms = termsOf(plan);
  const span = spanOf(date, timezone);
  if (now < span.from) throw new UsageError(`${date} has not begun in ${timezone}`);
  const count = await countEditions(db, name);
  const days = dayReader(db, terms);
  const before = await Promise.all(Array.from({ length: 7 }, (_, ago) => days.tally(addDays(date, -1 - ago))));
  const published = await publishedTallies(db, config, plan, date, now);
  const earlier: { date: DateText; published: Tally; now: Tally }[] = [];
  for (const [day, tally] of published) earlier.push({ date: day, published: tally, now: await days.tally(day) });
  const posts = await countedPosts(db, span);
  const material: Material = {
    date,
    posts,
    before,
    cited: await citedBefore(db, Object.keys(tallyOf(posts, terms).cables), span.from),
    gaps: await gapsWithin(db, span),
    feeds: feedsOf(config, plan),
    editions: earlier,
    unfinished: now < span.to ? now : undefined,
  };
  return { ...build(material, terms), editions: count };
}

/** The edition of a day as it was made; undefined: there is none. */
export async function issuedDigest(db: Executor, plan: DigestPlan, date: DateText): Promise<Digest | undefined> {
  return (await editionOf(db, plan.name, date))?.model;
}

/** The latest editions of a digest, the latest first. */
export async function latestDigests(db: Executor, plan: DigestPlan, limit: number): Promise<Digest[]> {
  return (await editions(db, { digest: plan.name, limit })).map(({ model }) => model);
}

function termsOf({ name, timezone, filter, at, ranking, language }: DigestPlan): DigestTerms {
  return { name, timezone, filter, at, ranking, language };
}

function spanOf(date: DateText, timezone: string): { from: number; to: number } {
  return { from: startOfDay(date, timezone), to: startOfDay(addDays(date, 1), timezone) };
}

/** Reads each day once. */
function dayReader(db: Executor, terms: DigestTerms) {
  const read = new Map<DateText, Promise<Tally>>();
  const tally = async (date: DateText) => tallyOf(await countedPosts(db, spanOf(date, terms.timezone)), terms);
  return {
    tally(date: DateText): Promise<Tally> {
      const known = read.get(date) ?? tally(date);
      read.set(date, known);
      return known;
    },
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
