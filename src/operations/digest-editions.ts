import type { Config, DigestPlan } from '../config/config.ts';
import { UsageError } from '../core/errors.ts';
import { suggestion } from '../config/suggest.ts';
import { addDays, type DateText, localTime, startOfDay } from '../core/zone.ts';
import { build, type DigestTerms, dueAt, type Material } from '../digest/build.ts';
import type { Digest } from '../digest/model.ts';
import { plus, type Tally, tallyOf, zero } from '../digest/tally.ts';
import { citedBefore, countedPosts } from '../ledger/digests.ts';
import { countEditions, issuedDays, editionOf, editions, knownFirstDay } from '../ledger/digests/editions.ts';
import { gapsWithin, watchedSince } from '../ledger/feeds/outages.ts';
import type { Executor } from '../ledger/db/schema.ts';

export type { DigestPlan };

/** After an outage so many days are issued at most, and so far back issues are corrected. */
const mostDays = 31;
const dayMs = 86_400_000;

/** A digest by its name; the only one, where there is one. Errors: UsageError with the nearest name. */
export function digestNamed({ digests, file }: Config, name: string | undefined): DigestPlan {
  const found = name === undefined && digests.length === 1 ? digests[0] : digests.find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = digests.map((one) => one.name);
  if (names.length === 0) throw new UsageError(`${file} has no \`digests\``);
  const near = suggestion(name ?? '', names);
  const known = near === '' ? `there are ${names.join(', ')}` : near;
  throw new UsageError(
    name === undefined ? `which digest? --name: ${known}` : `no digest is called \`${name}\`; ${known}`,
  );
}

/** The day that was the last to end in the digest's zone. */
export function lastClosedDay({ timezone }: Pick<DigestPlan, 'timezone'>, now: number): DateText {
  return addDays(localTime(now, timezone).date, -1);
}

/**
 * The next day that is to be issued, if that is due; null: none yet, the digest was not heard of. A bot that has just begun to run reads for
 * `catchUpMs` before.
 */
export async function nextDay(
  db: Executor,
  plan: DigestPlan,
  { now, catchUpMs }: { now: number; catchUpMs: number },
): Promise<DateText | null | undefined> {
  const first = await knownFirstDay(db, plan.name);
  if (first === undefined) return null;
  if (now - ((await watchedSince(db, now)) ?? 0) < catchUpMs) return undefined;
  const earliest = addDays(localTime(now, plan.timezone).date, -mostDays);
  const since = first > earliest ? first : earliest;
  const issued = new Set(await issuedDays(db, plan.name, since));
  for (let date = since; dueAt(date, termsOf(plan)) <= now; date = addDays(date, 1)) if (!issued.has(date)) return date;
  return undefined;
}

/** A digest as it is made, and how many issues there were when it was. */
export interface Built {
  readonly digest: Digest;
  readonly tally: Tally;
  readonly editions: number;
}

/**
 * The digest of a day by what the ledger says now, with what issues of earlier days did not know. A day that is not over is told up to now.
 * Errors: UsageError for one that has not begun.
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
  const told = await toldBefore(db, config, plan, date, now);
  const issued: { date: DateText; told: Tally; now: Tally }[] = [];
  for (const [day, tally] of told) issued.push({ date: day, told: tally, now: await days.tally(day) });
  const posts = await countedPosts(db, span);
  const material: Material = {
    date,
    posts,
    before,
    cited: await citedBefore(db, Object.keys(tallyOf(posts, terms).cables), span.from),
    gaps: await gapsWithin(db, span),
    feeds: feedsOf(config, plan),
    issued,
    unfinished: now < span.to ? now : undefined,
  };
  return { ...build(material, terms), editions: count };
}

/** What people were told, as it was: an issue out of the ledger. */
export async function issuedDigest(db: Executor, plan: DigestPlan, date: DateText): Promise<Digest | undefined> {
  const edition = await editionOf(db, plan.name, date);
  return edition && (JSON.parse(edition.model) as Digest);
}

/** The latest issues of a digest, the latest first. */
export async function latestDigests(db: Executor, plan: DigestPlan, limit: number): Promise<Digest[]> {
  return (await editions(db, { digest: plan.name, limit })).map(({ model }) => JSON.parse(model) as Digest);
}

function termsOf({ name, timezone, filter, at, ranking, language }: DigestPlan): DigestTerms {
  return { name, timezone, filter, at, ranking, language };
}

function spanOf(date: DateText, timezone: string): { from: number; to: number } {
  return { from: startOfDay(date, timezone), to: startOfDay(addDays(date, 1), timezone) };
}

/** Each day is read once. */
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

/** Of the days that may still be corrected, what was told: the issue, and the corrections in those after it. */
async function toldBefore(
  db: Executor,
  { retention }: Config,
  { name, timezone }: DigestPlan,
  date: DateText,
  now: number,
): Promise<ReadonlyMap<DateText, Tally>> {
  // Where posts were purged there is nothing left to compare with.
  const kept = retention.textsMs === null ? mostDays : Math.min(mostDays, Math.floor(retention.textsMs / dayMs) - 2);
  const since = addDays(localTime(now, timezone).date, -Math.max(0, kept));
  const found = await editions(db, { digest: name, since, limit: 2 * mostDays });
  const told = new Map<DateText, Tally>();
  for (const edition of found) if (edition.date < date) told.set(edition.date, JSON.parse(edition.tally) as Tally);
  for (const { model } of found) {
    for (const { date: day, changes } of (JSON.parse(model) as Digest).corrections) {
      if (told.has(day)) told.set(day, plus(told.get(day) ?? zero, changes));
    }
  }
  return told;
}

function feedsOf({ feeds }: Config, { filter }: DigestPlan): string[] {
  return feeds
    .filter(({ name, platform }) => filter.feeds?.includes(name) ?? filter.platforms?.includes(platform) ?? true)
    .map(({ name }) => name);
}
