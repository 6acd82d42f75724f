import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Corpus } from '../../cables/corpus/corpus.ts';
import { excerptOf } from '../../cables/excerpts/excerpts.ts';
import type { Config, DigestPlan } from '../../config/config.ts';
import { publishersThatLog } from '../../config/ledger-config.ts';
import type { ReferenceId } from '../../core/cable.ts';
import type { CitingPost, CountedPost, Digest, Tally } from '../../core/digest.ts';
import { UsageError } from '../../core/errors.ts';
import { shortId } from '../../core/post.ts';
import type { Excerpts } from '../../core/reply.ts';
import { shortenedAtWord } from '../../core/text/strangers.ts';
import type { DateText } from '../../core/zone.ts';
import { build } from '../../digest/build.ts';
import { compared, spanOf } from '../../digest/period.ts';
import { candidatesIn, readingIn } from '../../digest/reading.ts';
import { type Counting, openTally } from '../../digest/tally.ts';
import { citedBefore, citingPostsIn, citingPostsNamed, countedPages } from '../../ledger/digests/counted-posts.ts';
import { type CountedEdition, countEditions, type Edition, insertEdition } from '../../ledger/digests/editions.ts';
import type { Fingerprints } from '../../ledger/digests/fingerprints.ts';
import { gapsWithin } from '../../ledger/feeds/feed-rows.ts';
import type { Executor, Target } from '../../ledger/db/schema.ts';
import { countedBefore, publishedBefore } from './earlier-tallies.ts';

type Plan = DigestPlan & Pick<Counting, 'logs'>;

/** From what a digest is built. */
export interface Sources {
  readonly db: Executor;
  readonly config: Config;
  readonly corpus: Pick<Corpus, 'cable'>;
}

/** A digest, and what the ledger keeps beside its edition. */
export interface BuiltDigest extends Pick<CountedEdition, 'tally' | 'reading'> {
  /** Without the posts worth reading. */
  readonly digest: Digest;
  /** The best first, more than are shown. */
  readonly worthReading: readonly CitingPost[];
  /** Number of editions at the time of building. */
  readonly editions: number;
  readonly fingerprints: Fingerprints;
}

/** The edition of a digest that was built at that time. */
export function editionFrom({ digest: model, tally, reading }: BuiltDigest, madeAt: number): CountedEdition {
  return { digest: model.digest, date: model.date, model, tally, reading, madeAt };
}

/** Writes the edition of a digest that was built `now`, with its deliveries. False: it was not written, as `insertEdition` says. */
export async function writeEdition(
  tx: Executor,
  built: BuiltDigest,
  { targets, now }: { targets: readonly Target[]; now: number },
): Promise<boolean> {
  const { editions: after, fingerprints } = built;
  return await insertEdition(tx, editionFrom(built, now), { targets, after, fingerprints });
}

/**
 * Builds the digest of a period from the ledger, with corrections to earlier editions. A period that is not over is counted up to now.
 * `corrects` false: takes earlier periods as their editions have them, without a look at their posts. Errors: UsageError for a period that has
 * not begun.
 */
export async function buildDigest(
  { db, config, corpus }: Sources,
  entry: DigestPlan,
  date: DateText,
  now: number,
  { corrects } = { corrects: true },
): Promise<BuiltDigest> {
  const { timezone, name, period } = entry;
  const plan: Plan = { ...entry, logs: new Set(publishersThatLog(config)) };
  const span = spanOf(date, plan);
  if (now < span.from) throw new UsageError(`${date} has not begun in ${timezone}`);
  const editions = await countEditions(db, name);
  const asked = { config, plan, date, now };
  const earlier = await (corrects ? countedBefore(db, asked) : publishedBefore(db, asked));
  const before: Tally[] = [];
  for (let ago = 1; ago <= compared[period]; ago += 1) before.push(await earlier.before(ago));
  const changed = await earlier.changed();
  const posts: CountedPost[] = [];
  const tallying = openTally(plan);
  await earlier.during(async () => {
    for await (const page of countedPages(db, span)) {
      posts.push(...page);
      tallying.add(page);
    }
  });
  const tally = tallying.tally();
  const material = {
    date,
    posts,
    tally,
    before,
    cited: await citedBefore(db, Object.keys(tally.cables), span.from),
    gaps: await gapsWithin(db, span),
    feeds: feedsOf(config, plan),
    editions: changed,
    unfinished: now < span.to ? now : undefined,
  };
  const worthReading = candidatesIn(posts, plan);
  // A week has many posts.
  await nextTurn();
  return {
    digest: await withWords(build(material, plan), corpus, config.replies.excerpts),
    tally,
    editions,
    fingerprints: earlier.fingerprints(),
    reading: worthReading.map(({ key }) => shortId(key)),
    worthReading,
  };
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

/**
 * The edition with the posts worth reading, as the ledger has them now. For what is shown or sent; files would keep a post that is deleted later.
 */
export async function withReading(
  db: Executor,
  plan: DigestPlan,
  { model, reading }: Pick<Edition, 'model' | 'reading'>,
): Promise<Digest> {
  const span = spanOf(model.date, { period: 'day', ...model });
  const posts = reading === null ? await citingPostsIn(db, span) : await citingPostsNamed(db, span, reading);
  return { ...model, reading: readingIn(posts, plan) };
}

/** The digest of a period without an edition, with the posts worth reading. */
export function withReadingOf({ digest, worthReading }: BuiltDigest, plan: DigestPlan): Digest {
  return { ...digest, reading: readingIn(worthReading, plan) };
}

function feedsOf({ feeds }: Config, { filter }: DigestPlan): string[] {
  return feeds
    .filter(({ name, platform }) => filter.feeds?.includes(name) ?? filter.platforms?.includes(platform) ?? true)
    .map(({ name }) => name);
}
