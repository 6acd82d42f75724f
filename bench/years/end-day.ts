import { dayMs } from '../../src/core/durations.ts';
import { addDays, type DateText, utcDay } from '../../src/core/zone.ts';
import { endDelivery } from '../../src/ledger/digests/deliveries.ts';
import { firstDay } from '../../src/ledger/digests/editions.ts';
import { advanceFeed, leaseFeed, recordWatched, trimRejects } from '../../src/ledger/feeds/feed-rows.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { recordAudit } from '../../src/ledger/operators/audit-log.ts';
import { optOut } from '../../src/ledger/operators/consents.ts';
import { purgeDeleted } from '../../src/ledger/posts/purge-deleted.ts';
import { buildDigest, writeEdition, type Sources } from '../../src/operations/digests/build-digest.ts';
import { planOf } from '../../test/support/digests.ts';
import { noTexts } from '../../test/support/no-texts.ts';

const plan = planOf({ timezone: 'UTC' });

/** What a digest asks of the configuration. */
const config = {
  feeds: [{ name: 'posts', platform: 'file' }],
  publishers: [{ name: 'log', platform: 'log' }],
  retention: { texts: null },
  replies: { excerpts: 'never' },
} as unknown as Sources['config'];

/** Audit entries of a day. */
const entries = 15;

/**
 * Once the time is past `day`: its edition, what could not be read, who opted out, what people did. Returns the day that is filled; empty: none
 * yet.
 */
export async function endDay(
  ledger: Ledger,
  day: DateText,
  { at, random }: { at: number; random: () => number },
): Promise<DateText> {
  const today = utcDay(at);
  if (today === day) return day;
  await ledger.transact((tx) => recordWatched(tx, at));
  if (day === '') {
    await ledger.transact((tx) => firstDay(tx, plan.name, today));
    return today;
  }
  for (let date = day; date < today; date = addDays(date, 1)) await issue(ledger, date, at);
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
  return today;
}

async function issue(ledger: Ledger, date: DateText, madeAt: number): Promise<void> {
  const built = await buildDigest({ db: ledger.db, config, corpus: noTexts }, plan, date, madeAt);
  await ledger.transact((tx) => writeEdition(tx, built, { targets: ['files'], now: madeAt }));
  const delivery = { digest: plan.name, date, target: 'files' } as const;
  await ledger.transact((tx) => endDelivery(tx, delivery, { dueAt: null, error: null }));
}
