import { dayMs } from '../../src/core/durations.ts';
import type { Tally } from '../../src/core/digest.ts';
import { addDays, type DateText, utcDay } from '../../src/core/zone.ts';
import { build, type Material } from '../../src/digest/build.ts';
import { spanOf } from '../../src/digest/period.ts';
import { zero } from '../../src/digest/tally.ts';
import { countedPosts } from '../../src/ledger/digests/counted-posts.ts';
import { countEditions, endDelivery, firstDay, insertEdition } from '../../src/ledger/digests/editions.ts';
import { advanceFeed, leaseFeed, recordWatched, trimRejects } from '../../src/ledger/feeds/feed-rows.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { recordAudit } from '../../src/ledger/operators/audit-log.ts';
import { optOut } from '../../src/ledger/operators/consents.ts';
import { purgeDeleted } from '../../src/ledger/posts/purge-deleted.ts';

/** The day that is filled, and what digests know of those before it. */
export interface Day {
  /** Empty: none yet. */
  readonly date: DateText;
  readonly tallies: readonly Tally[];
  readonly cited: Set<string>;
}

const plan = {
  name: 'daily',
  timezone: 'UTC',
  period: 'day',
  filter: {},
  logs: new Set<string>(),
  at: 420,
  ranking: 'mentions',
  language: 'en',
} as const;

/** Audit entries of a day. */
const entries = 15;

/** Once the time is past the day: its edition, what could not be read, who opted out, what people did. */
export async function endDay(
  ledger: Ledger,
  day: Day,
  { at, random }: { at: number; random: () => number },
): Promise<Day> {
  const today = utcDay(at);
  if (today === day.date) return day;
  await ledger.transact((tx) => recordWatched(tx, at));
  if (day.date === '') {
    await ledger.transact((tx) => firstDay(tx, plan.name, today));
    return { ...day, date: today };
  }
  const issued = await issue(ledger, day, at);
  await ledger.transact(async (tx) => {
    const lease = await leaseFeed(tx, { name: 'posts', holder: 'bench', leaseMs: dayMs }, at);
    const reject = { position: `line ${at}`, reason: 'it is no JSON', excerpt: '{"id":' };
    if (lease !== undefined)
      await advanceFeed(
        tx,
        lease,
        { cursor: String(at), seen: 3000, ingested: 2740, rejects: [reject, reject] },
        { now: at, leaseMs: 1 },
      );
    await trimRejects(tx);
    await optOut(tx, { person: `file:user${Math.floor(random() * 100_000)}`, source: 'asked by mail' }, at);
    for (let n = 0; n < entries; n += 1) {
      const target = `file:years-${Math.floor(random() * 2e6)}`;
      await recordAudit(tx, { at: at - n, actor: 'ada', action: 'review approve', target, note: '' });
    }
  });
  while ((await ledger.transact((tx) => purgeDeleted(tx, at))) > 0);
  return { ...issued, date: today };
}

async function issue(ledger: Ledger, { date, tallies, cited }: Day, madeAt: number): Promise<Day> {
  const posts = await countedPosts(ledger.db, spanOf(date, plan));
  const before = Array.from({ length: 7 }, (_, ago) => tallies.at(-1 - ago) ?? zero);
  const material: Material = { date, posts, before, cited, gaps: [], feeds: ['posts'], editions: [] };
  const { digest: model, tally } = build(material, plan);
  const after = await countEditions(ledger.db, plan.name);
  const edition = { digest: plan.name, date, model, tally, madeAt };
  await ledger.transact((tx) => insertEdition(tx, edition, { targets: ['files'], after }));
  await ledger.transact((tx) =>
    endDelivery(tx, { digest: plan.name, date, target: 'files' }, { dueAt: null, error: null }),
  );
  for (const cable of Object.keys(tally.cables)) cited.add(cable);
  return { date: addDays(date, 1), tallies: [...tallies, tally].slice(-7), cited };
}
