import type { Corpus } from '../cables/corpus/corpus.ts';
import { excerptOf } from '../cables/excerpts/excerpts.ts';
import type { Config, DigestPlan } from '../config/config.ts';
import { publishersThatLog } from '../config/ledger-config.ts';
import type { ReferenceId } from '../core/cable.ts';
import type { Digest, Tally } from '../core/digest.ts';
import { dayMs } from '../core/durations.ts';
import { UsageError } from '../core/errors.ts';
import type { Excerpts } from '../core/reply.ts';
import { shortenedAtWord } from '../core/text/strangers.ts';
import { addDays, type DateText, localTime } from '../core/zone.ts';
import { build, type Material } from '../digest/build.ts';
import { compared, following, spanOf } from '../digest/period.ts';
import { readingIn } from '../digest/reading.ts';
import { type Counting, plus, tallyOf, zero } from '../digest/tally.ts';
import { citedBefore, citingPostsIn, countedPosts } from '../ledger/digests/counted-posts.ts';
import { countEditions, editions } from '../ledger/digests/editions.ts';
import { gapsWithin } from '../ledger/feeds/feed-rows.ts';
import type { Executor } from '../ledger/db/schema.ts';
import { maxDays } from './digest-editions.ts';

type Plan = DigestPlan & Pick<Counting, 'logs'>;

/** From what a digest is built. */
export interface Sources {
  readonly db: Executor;
  readonly config: Config;
  readonly corpus: Pick<Corpus, 'cable'>;
}

/**
 * Builds the digest of a period from the ledger, with corrections to earlier editions. A period that is not over is counted up to now. `editions`:
 * their number at the time of building. Errors: UsageError for a period that has not begun.
 */
export async function buildDigest({ db, config, corpus }: Sources, entry: DigestPlan, date: DateText, now: number) {
  const { timezone, name, period } = entry;
  const plan: Plan = { ...entry, logs: new Set(publishersThatLog(config)) };
  const span = spanOf(date, plan);
  if (now < span.from) throw new UsageError(`${date} has not begun in ${timezone}`);
  const count = await countEditions(db, name);
  const tallyAt = tallyReader(db, plan);
  const before = await Promise.all(
    Array.from({ length: compared[period] }, (_, ago) => tallyAt(following(date, plan, -1 - ago))),
  );
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
  const { digest, tally } = build(material, plan);
  return { digest: await withWords(digest, corpus, config.replies.excerpts), tally, editions: count };
}

/** Cables whose paragraphs are quoted: those that are shown. */
const quotedCables = 20;
/** Of each cable. */
const quotedParagraphs = 2;
/** In UTF-16 units. */
const maxWords = 160;

/** Adds the first words of the paragraphs that are cited most, as far as `replies.excerpts` permits. */
async function withWords(digest: Digest, corpus: Sources['corpus'], setting: Excerpts): Promise<Digest> {
  if (setting === 'never') return digest;
  const cables = digest.cables.map(async (one, at) => {
    if (at >= quotedCables || one.paragraphs.length === 0) return one;
    const text = await corpus.cable(one.referenceId as ReferenceId);
    const paragraphs = one.paragraphs.map((each, rank) => {
      const excerpt = rank < quotedParagraphs && text ? excerptOf(text, each.number, setting) : undefined;
      return excerpt ? { ...each, words: shortenedAtWord(excerpt.text, maxWords) } : each;
    });
    return { ...one, paragraphs };
  });
  return { ...digest, cables: await Promise.all(cables) };
}

/** The digest with the posts worth reading, as the ledger has them now. For what is shown or sent; files would keep a post that is deleted later. */
export async function withReading(db: Executor, plan: DigestPlan, digest: Digest): Promise<Digest> {
  return {
    ...digest,
    reading: readingIn(await citingPostsIn(db, spanOf(digest.date, { period: 'day', ...digest })), plan),
  };
}

/** Reads each period once. */
function tallyReader(db: Executor, plan: Plan): (date: DateText) => Promise<Tally> {
  const read = new Map<DateText, Promise<Tally>>();
  const tally = async (date: DateText) => tallyOf(await countedPosts(db, spanOf(date, plan)), plan);
  return (date) => {
    const known = read.get(date) ?? tally(date);
    read.set(date, known);
    return known;
  };
}

/** The published tallies of the periods that may still be corrected: each edition plus the later corrections to it. */
async function publishedTallies(
  db: Executor,
  { retention }: Config,
  { name, timezone, period }: DigestPlan,
  date: DateText,
  now: number,
): Promise<ReadonlyMap<DateText, Tally>> {
  // Days whose posts were purged cannot be compared.
  const storedDays = retention.texts === null ? maxDays : Math.min(maxDays, Math.floor(retention.texts / dayMs) - 2);
  const since = addDays(localTime(now, timezone).date, -Math.max(0, storedDays));
  const all = await editions(db, { digest: name, since, limit: 2 * maxDays });
  // A digest may have had another period before.
  const found = all.filter(({ model }) => (model.period ?? 'day') === period);
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
