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
import { type Edition, editionOf, issuedDays } from '../../ledger/digests/editions.ts';
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
  /** Fingerprints of the published periods that were looked at; with that of the period itself, `insertEdition` keeps them. */
  fingerprints(): Promise<Fingerprints>;
}

/** As the editions have them, without later changes: reads no posts but those of periods without an edition. */
export async function publishedBefore(db: Executor, { plan, date }: Asked): Promise<EarlierTallies> {
  const published = new Map<DateText, Tally>();
  for (let ago = 1; ago <= compared[plan.period]; ago += 1) {
    const edition = await editionAt(db, plan, following(date, plan, -ago));
    if (edition !== undefined) published.set(edition.date, edition.tally);
  }
  return {
    async before(periods) {
      const day = following(date, plan, -periods);
      return published.get(day) ?? (await count(db, plan, day));
    },
    changed: () => Promise.resolve([]),
    fingerprints: () => Promise.resolve({}),
  };
}

/** As the ledger has them now: what was published while the period's fingerprint is that of the last edition, otherwise counted anew. */
export async function countedBefore(db: Executor, asked: Asked): Promise<EarlierTallies> {
  const { plan, date } = asked;
  const published = await publishedTallies(db, asked);
  const known = await readFingerprints(db, plan.name);
  const fingerprints: Record<DateText, string> = {};
  const counted = new Map<DateText, Tally>();

  /** True if it was published, and nothing has changed since. Its fingerprint is taken before its posts are read: a change meanwhile is seen next time. */
  async function isAsPublished(day: DateText): Promise<boolean> {
    if (!published.has(day)) return false;
    fingerprints[day] ??= await fingerprintAt(db, plan, day);
    return fingerprints[day] === known[day];
  }
  async function countOnce(day: DateText): Promise<Tally> {
    const tally = counted.get(day) ?? (await count(db, plan, day));
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
    fingerprints: async () => ({ ...fingerprints, [date]: await fingerprintAt(db, plan, date) }),
  };
}

async function count(db: Executor, plan: Counting, date: DateText): Promise<Tally> {
  const tallying = openTally(plan);
  for await (const page of countedPages(db, spanOf(date, plan))) tallying.add(page);
  return tallying.tally();
}

/** The fingerprint of a period, which changes with the settings that change its counts, too. */
async function fingerprintAt(db: Executor, plan: Counting, date: DateText): Promise<string> {
  const { timezone, period, filter, logs } = plan;
  const settings = JSON.stringify([timezone, period, filter, [...logs].toSorted()]);
  return hash('sha256', `${settings} ${await fingerprintOf(db, spanOf(date, plan))}`);
}

/** Of each period that may still be corrected: the tally of its edition, and the later corrections to it. */
async function publishedTallies(
  db: Executor,
  { config, plan, date, now }: Asked,
): Promise<ReadonlyMap<DateText, readonly Tally[]>> {
  const { texts } = config.retention;
  // Days whose posts were purged cannot be compared.
  const storedDays = texts === null ? maxDays : Math.min(maxDays, Math.floor(texts / dayMs) - 2);
  const since = addDays(localTime(now, plan.timezone).date, -Math.max(0, storedDays));
  const tallies = new Map<DateText, Tally[]>();
  const corrections: Digest['corrections'][number][] = [];
  for (const day of await issuedDays(db, plan.name, since)) {
    const edition = await editionAt(db, plan, day);
    if (edition === undefined) continue;
    if (day < date) tallies.set(day, [edition.tally]);
    corrections.push(...edition.model.corrections);
  }
  for (const { date: day, changes } of corrections) tallies.get(day)?.push(changes);
  return tallies;
}

/** Undefined also for one of another period, which the digest had before. */
async function editionAt(db: Executor, { name, period }: Counting, date: DateText): Promise<Edition | undefined> {
  const edition = await editionOf(db, name, date);
  // A model is large.
  await nextTurn();
  return (edition?.model.period ?? 'day') === period ? edition : undefined;
}
