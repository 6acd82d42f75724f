import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '../src/app.ts';
import { openSemaphore } from '../src/core/async.ts';
import { messageOf } from '../src/core/errors.ts';
import { about } from '../src/core/event.ts';
import { feedRows } from '../src/ledger/feeds/feed-rows.ts';
import { checkAlerts } from '../src/operations/check-alerts.ts';
import { reportMissingPublishers } from '../src/operations/missing-publishers.ts';
import { queueNames } from '../src/queue/queue.ts';
import { digest } from './digest.ts';
import { links } from './links.ts';
import { notify } from './notify.ts';
import { purgeLog } from './lib/purge-log.ts';
import { poll, releaseAllFeeds } from './poll.ts';
import { resolve } from './resolve.ts';
import { respond } from './respond.ts';
import { startSchedule, type Ticker } from './schedule.ts';
import { replace } from './replace.ts';
import { reconcile } from './reconcile.ts';
import { type Due, dueWork, tidy } from './sweep.ts';
import { verify } from './verify.ts';
import { withdraw } from './withdraw.ts';
import type { Worker } from './lib/worker.ts';

const workers: readonly Worker[] = [
  poll,
  resolve,
  respond,
  replace,
  reconcile,
  withdraw,
  notify,
  digest,
  links,
  verify,
];

/** The worker roles of a process. `sweep` enqueues what is due and purges old rows. */
export const workerNames = [...queueNames, 'sweep'] as const;
export type WorkerName = (typeof workerNames)[number];

/** Works until disposed. Disposing begins nothing new, waits for work in progress and writes the cursors. */
export function startWorkers(app: App, roles: readonly WorkerName[] = workerNames, ticker?: Ticker): AsyncDisposable {
  const consumers = workers
    .filter(({ queue }) => roles.includes(queue))
    .map(({ queue, concurrency, work }) => app.queue.consume(queue, { concurrency }, (key) => work(app, key)));
  const schedule = startSchedule(app, { polls: roles.includes('poll'), sweeps: roles.includes('sweep') }, ticker);
  return {
    async [Symbol.asyncDispose]() {
      await schedule[Symbol.asyncDispose]();
      await Promise.all(consumers.map((consumer) => consumer[Symbol.asyncDispose]()));
      await releaseAllFeeds(app);
    },
  };
}

/** Reads every feed to its current end and works until nothing is due. Work that is due later stays in the ledger. */
export async function drain(app: App): Promise<void> {
  await reportBlockedFeeds(app);
  await reportMissingPublishers(app);
  // Streams have no end.
  const feeds = [...app.feeds.values()].filter(({ streamOf }) => streamOf === undefined);
  let reading = true;
  const reads = Promise.all(feeds.map(({ name }) => attempt(app, poll, name))).finally(() => (reading = false));
  await checkAlerts(app);
  const failed = new Set<string>();
  while (!app.stopping.aborted) {
    const wasReading = reading;
    const open = (await dueWork(app)).filter(({ queue, key }) => !failed.has(`${queue} ${key}`));
    const others = open.filter(({ queue }) => queue !== 'digest');
    // A digest reports the outcome of all other work.
    const due = others.length > 0 || wasReading ? others : open;
    await eachQueue(app, due, failed);
    if (due.length === 0 && !wasReading) break;
    if (due.length === 0) await delay(20);
  }
  await reads;
  await releaseAllFeeds(app);
  await checkAlerts(app);
  await tidy(app);
  await purgeLog(app);
}

/** Reports the feeds that are not read now because an error blocks them. */
async function reportBlockedFeeds(app: Pick<App, 'feeds' | 'ledger' | 'emit'>): Promise<void> {
  const now = await app.ledger.now();
  for (const { name, due_at: dueAt, last_error: reason } of await feedRows(app.ledger.db)) {
    if (dueAt <= now || !app.feeds.has(name)) continue;
    const message = `blocked until ${new Date(dueAt).toISOString()}: ${reason}`;
    app.emit({ kind: 'error', what: name, feed: name, message });
  }
}

async function eachQueue(app: App, due: readonly Due[], failed: Set<string>): Promise<void> {
  await Promise.all(
    workers.flatMap((worker) => {
      const withPermit = openSemaphore(worker.concurrency);
      return due
        .filter(({ queue }) => queue === worker.queue)
        .map(({ key }) =>
          withPermit(async () => {
            if (!(await attempt(app, worker, key))) failed.add(`${worker.queue} ${key}`);
          }),
        );
    }),
  );
}

async function attempt(app: App, worker: Worker, key: string): Promise<boolean> {
  try {
    await worker.work(app, key);
    return true;
  } catch (error) {
    app.emit({ kind: 'error', what: key, ...about(worker.queue, key), message: messageOf(error) });
    return false;
  }
}
