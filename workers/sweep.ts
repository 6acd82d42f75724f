import type { App } from '../src/app.ts';
import { dueDigests } from './digest.ts';
import { purgeAlerts } from '../src/ledger/operators/alert-rows.ts';
import { purposeOf } from '../src/app/link-knowledge.ts';
import { trimRejects } from '../src/ledger/feeds/feed-rows.ts';
import { purgeLinks, purgePages } from '../src/ledger/links/link-list.ts';
import { dueHosts } from '../src/ledger/links/link-checks.ts';
import { purgeSpending } from '../src/ledger/accounts/spending.ts';
import { forgetSilentRunners } from '../src/ledger/processes/processes.ts';
import { dueChannels } from '../src/ledger/operators/notices.ts';
import { duePosts } from '../src/ledger/posts/posts.ts';
import { expireHeld } from '../src/ledger/replies/held-replies.ts';
import { duePlanned, dueReplies } from '../src/ledger/replies/replies.ts';
import { noteErasure, notePurge, unerasedPurges } from '../src/ledger/db/erasure.ts';
import type { Executor } from '../src/ledger/db/schema.ts';
import { purgeDeleted } from '../src/ledger/posts/purge-deleted.ts';
import { purgeOld, purgeRecords, purgeTexts } from '../src/ledger/posts/retention.ts';
import { expireSending } from '../src/ledger/replies/end-sending.ts';
import { dueTrackbacks, purgeTrackbacks } from '../src/ledger/links/trackback-rows.ts';
import type { QueueName } from '../src/queue/queue.ts';
import { dayMs } from '../src/core/durations.ts';
import { messageOf } from '../src/core/errors.ts';

/** A key that is due, and its queue. */
export interface Due {
  readonly queue: QueueName;
  readonly key: string;
}

/** Longer than the time for which digests are made. */
const outagesMs = 90 * dayMs;
/** Rows of a kind in one sweep; the rest is still due at the next one. */
const maxRows = 1000;

/**
 * All work that has been due for `dueForMs`. First turns expired `sending` into `unknown`, and expired `held` into `rejected`. A list that
 * cannot be read is reported and left out, so that the other workers go on.
 */
export async function dueWork(app: DueApp, dueForMs = 0): Promise<Due[]> {
  const now = await app.ledger.now();
  const { db } = app.ledger;
  const by = now - dueForMs;
  const purpose = purposeOf(app.config.links);
  const publishers = app.config.publishers.map(({ name }) => name);
  // A write costs a disk flush, so check first if there is something to write.
  if ((await dueReplies(db, 'sending', now, 1)).length > 0) await app.ledger.transact((tx) => expireSending(tx, now));
  if ((await dueReplies(db, 'held', now, 1)).length > 0) await app.ledger.transact((tx) => expireHeld(tx, now));
  const due: readonly (readonly [QueueName, Promise<readonly string[]>])[] = [
    ['resolve', duePosts(db, by, maxRows)],
    ['respond', duePlanned(db, publishers, by, maxRows)],
    ['replace', dueReplies(db, 'replacing', by, maxRows)],
    ['reconcile', dueReplies(db, 'unknown', by, maxRows)],
    ['withdraw', dueReplies(db, 'withdrawing', by, maxRows)],
    ['withdraw', dueReplies(db, 'withdrawn', by, maxRows)],
    ['notify', dueChannels(db, by)],
    ['digest', dueDigests(app, by)],
    ...(purpose === undefined ? [] : [['links', dueHosts(db, now, purpose)] as const]),
    ['verify', dueTrackbacks(db, by, maxRows)],
  ];
  const lists = await Promise.allSettled(due.map(([, keys]) => keys));
  return due.flatMap(([queue], at) => {
    const list = lists[at];
    if (list?.status === 'fulfilled') return list.value.map((key) => ({ queue, key }));
    app.emit({
      kind: 'error',
      what: queue,
      message: `what is due for it cannot be listed: ${messageOf(list?.reason)}`,
    });
    return [];
  });
}

type DueApp = Pick<App, 'config' | 'ledger' | 'timeouts' | 'emit'>;
type SweepApp = DueApp & Pick<App, 'queue'>;

/** Enqueues every due row; true: there may be more. Skips a queue that is already deep, so that sweeps of a backlog do not fill its store. */
export async function sweep(app: SweepApp): Promise<boolean> {
  const due = await dueWork(app, app.ledger.shared ? app.timeouts.gracePeriodMs : 0);
  const depths = await app.queue.depths().catch(() => undefined);
  const open = due.filter(({ queue }) => depths === undefined || depths[queue] < maxRows);
  await Promise.all(open.map(({ queue, key }) => app.queue.enqueue(queue, key)));
  return due.length >= maxRows;
}

/** Several sweeps have enqueued what has been due for so many grace periods. */
const sweepsBefore = 6;

/** Wakes the workers of this process for what is still due after several sweeps, whoever makes them: a store may take keys and lose them. */
export async function sweepHere(app: SweepApp): Promise<void> {
  const due = await dueWork(app, sweepsBefore * app.timeouts.gracePeriodMs);
  await Promise.all(due.map(async ({ queue, key }) => app.queue.enqueueHere?.(queue, key)));
}

/** Purges rows that are no longer needed, then erases what was purged since the last time. A process that is to end leaves the rest to the next tidying. */
export async function tidy(app: Pick<App, 'config' | 'ledger' | 'emit' | 'stopping'>): Promise<void> {
  const now = await app.ledger.now();
  const { texts: textsMs, limitedTexts: limitedMs, rejects: rejectsMs } = app.config.retention;
  await app.ledger.transact(async (tx) => {
    if ((await purgeRecords(tx, now - rejectsMs, now - outagesMs)) > 0) await notePurge(tx);
    await trimRejects(tx);
    await purgeAlerts(tx, app.config.alerts.to.length > 0);
    await purgeSpending(tx, now);
    await purgePages(tx, now - app.config.links.keepPages);
    if (textsMs !== null) await purgeLinks(tx, now - textsMs);
    await purgeTrackbacks(tx, now - rejectsMs, now);
  });
  if (app.ledger.shared) await app.ledger.transact((tx) => forgetSilentRunners(tx, now - dayMs));
  await untilNone(app, (tx) => purgeDeleted(tx, now));
  for (const { platform, textsMs: retentionMs } of app.config.retention.shortLived)
    await untilNone(app, (tx) => purgeTexts(tx, { platform, before: now - retentionMs }));
  await untilNone(app, (tx) => purgeTexts(tx, { limited: true, before: now - limitedMs }));
  if (textsMs !== null) await untilNone(app, (tx) => purgeOld(tx, now - textsMs, now));
  if (!app.stopping.aborted) await erasePurged(app);
}

/** Purges in small transactions, so that other writers do not wait long. */
async function untilNone(
  { ledger, stopping }: Pick<App, 'ledger' | 'stopping'>,
  purge: (tx: Executor) => Promise<number>,
): Promise<void> {
  async function some(tx: Executor): Promise<number> {
    const count = await purge(tx);
    if (count > 0) await notePurge(tx);
    return count;
  }
  while (!stopping.aborted && (await ledger.transact(some)) > 0);
}

/** Erases what was purged from the files of the ledger. What a reader keeps alive is erased at the next tidying. */
async function erasePurged({ ledger, emit }: Pick<App, 'ledger' | 'emit'>): Promise<void> {
  const purges = await unerasedPurges(ledger.db, await ledger.now());
  if (purges === undefined) return;
  const began = performance.now();
  if (await ledger.erase()) {
    const erasure = { endedAt: await ledger.now(), tookMs: Math.round(performance.now() - began) };
    return await ledger.transact((tx) => noteErasure(tx, purges, erasure));
  }
  const message = 'what was purged is not erased yet: another program reads the ledger; next try in an hour';
  emit({ kind: 'info', what: 'ledger', message });
}
