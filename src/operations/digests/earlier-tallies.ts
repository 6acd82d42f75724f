import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import type { Digest, Tally } from '../../core/digest.ts';
import { dayMs } from '../../core/durations.ts';
import { addDays, type DateText, localTime } from '../../core/zone.ts';
import type { Material } from '../../digest/build.ts';
import { compared, following, spanOf } from '../../digest/period.ts';
import { type Counting, openTally, total } from '../../digest/tally.ts';
import type { Executor } from '../../ledger/db/schema.ts';
import { countedPages } from '../../ledger/digests/counted-posts.ts';
import { type CountedEdition, countedEdition, type Edition, issuedDays } from '../../ledger/digests/editions.ts';
import { type Fingerprints, fingerprintOf, readFingerprints } from '../../ledger/digests/fingerprints.ts';
import { maxDays } from './digest-editions.ts';

/** What is asked about the periods before one of a digest. */
export interface Asked {
  readonly config: Pick<Config, 'retention'>;
  readonly plan: Counting;
  readonly date: DateText;
  readonly now: number;
}

/** Tallies of the periods before one. */
export interface EarlierTallies {
  /** Of the period so many before. */
  before(periods: number): Promise<Tally>;
  /** The published periods whose counts may have changed since the last edition. */
  changed(): Promise<Material['editions']>;
  /** Reads the posts of the period itself. */
  during<T>(read: () => Promise<T>): Promise<T>;
  /** After all that: of the periods whose counts are known, for `insertEdition`. */
  fingerprints(): Fingerprints;
}

/** As the editions have them, without later changes: reads no posts but those of periods without an edition. */
export async function publishedBefore(db: Executor, { plan, date }: Asked): Promise<EarlierTallies> {
  const published = new Map<DateText, Tally>();
  for (let ago = 1; ago <= compared[plan.period]; ago += 1) {
    const edition = await editionAt(db, plan, following(date, plan, -ago));
    if (edition !== undefined && isOf(plan, edition)) published.set(edition.date, edition.tally);
  }
  return {
    async before(periods) {
      const day = following(date, plan, -periods);
      return published.get(day) ?? (await count(db, plan, day));
    },
    changed: () => Promise.resolve([]),
    during: (read) => read(),
    fingerprints: () => ({}),
  };
}

/** As the ledger has them now: what was published while the period's fingerprint is that of the last edition, otherwise counted anew. */
export async function countedBefore(db: Executor, asked: Asked): Promise<EarlierTallies> {
  const { plan, date } = asked;
  const { tallies: published, isWhole } = await publishedTallies(db, asked);
  // An edition that cannot be read may have held corrections to any of the days.
  const known = isWhole ? await readFingerprints(db, plan.name) : {};
  const current: Record<DateText, string> = {};
  const counted = new Map<DateText, Tally>();

  /** True if it was published, and nothing has changed since. */
  async function isAsPublished(day: DateText): Promise<boolean> {
    if (!published.has(day) || known[day] === undefined) return false;
    if (current[day] !== known[day] && (await fingerprintAt(db, plan, day)) === known[day]) current[day] = known[day];
    return current[day] === known[day];
  }
  /** Keeps the fingerprint of what is read, unless something changes meanwhile. */
  async function reading<T>(day: DateText, read: () => Promise<T>): Promise<T> {
    const before = await fingerprintAt(db, plan, day);
    const result = await read();
    if ((await fingerprintAt(db, plan, day)) === before) current[day] = before;
    return result;
  }
  async function countOnce(day: DateText): Promise<Tally> {
    const tally = counted.get(day) ?? (await reading(day, () => count(db, plan, day)));
    counted.set(day, tally);
    return tally;
  }
  const publishedOf = (day: DateText) => total(published.get(day) ?? []);

  return {
    async before(periods) {
      const day = following(date, plan, -periods);
      return (await isAsPublished(day)) ? publishedOf(day) : await countOnce(day);
    },
    async changed() {
      const found: Material['editions'][number][] = [];
      for (const day of published.keys()) {
        if (await isAsPublished(day)) continue;
        found.push({ date: day, published: publishedOf(day), now: await countOnce(day) });
      }
      return found;
    },
    during: (read) => reading(date, read),
    fingerprints: () => current,
  };
}

async function count(db: Executor, plan: Counting, date: DateText): Promise<Tally> {
  const tallying = openTally(plan);
  for await (const page of countedPages(db, spanOf(date, plan))) tallying.add(page);
  return tallying.tally();
}

/** Raised with each change of what a tally counts, so that all periods are counted again once. */
const countingVersion = 1;

/** The fingerprint of a period, which changes with the settings that change its counts, too. */
async function fingerprintAt(db: Executor, plan: Counting, date: DateText): Promise<string> {
  const { timezone, period, filter, logs } = plan;
  const settings = JSON.stringify([countingVersion, timezone, period, filter, [...logs].toSorted()]);
  return hash('sha256', `${settings} ${await fingerprintOf(db, spanOf(date, plan))}`);
}

interface Published {
  /** Of each period that may still be corrected: the tally of its edition, and the later corrections to it. */
  readonly tallies: ReadonlyMap<DateText, readonly Tally[]>;
  /** False: an edition cannot be read. */
  readonly isWhole: boolean;
}

async function publishedTallies(db: Executor, { config, plan, date, now }: Asked): Promise<Published> {
  const { texts } = config.retention;
  // Days whose posts were purged cannot be compared.
  const storedDays = texts === null ? maxDays : Math.min(maxDays, Math.floor(texts / dayMs) - 2);
  const since = addDays(localTime(now, plan.timezone).date, -Math.max(0, storedDays));
  const tallies = new Map<DateText, Tally[]>();
  const corrections: Digest['corrections'][number][] = [];
  let isWhole = true;
  for (const day of await issuedDays(db, plan.name, since)) {
    const edition = await editionAt(db, plan, day);
    isWhole &&= edition !== undefined;
    if (edition === undefined || !isOf(plan, edition)) continue;
    if (day < date) tallies.set(day, [edition.tally]);
    corrections.push(...edition.model.corrections);
  }
  for (const { date: day, changes } of corrections) tallies.get(day)?.push(changes);
  return { tallies, isWhole };
}

/** Undefined also for one that cannot be read, as if it had not been made. */
async function editionAt(db: Executor, { name }: Counting, date: DateText): Promise<CountedEdition | undefined> {
  const edition = await countedEdition(db, name, date);
  // A model is large.
  await nextTurn();
  return edition;
}

/** False for one of another period, which the digest had before. */
function isOf({ period }: Counting, { model }: Edition): boolean {
  return (model.period ?? 'day') === period;
}
