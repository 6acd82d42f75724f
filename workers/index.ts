import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '../src/app.ts';
import { messageOf } from '../src/core/errors.ts';
import { poll, writeCursors } from './poll.ts';
import { resolve } from './resolve.ts';
import { respond } from './respond.ts';
import { startSchedule } from './schedule.ts';
import { settle } from './settle.ts';
import { dueWork } from './sweep.ts';
import { withdraw } from './withdraw.ts';
import type { Worker } from './worker.ts';

const workers: readonly Worker[] = [poll, resolve, respond, settle, withdraw];

/** Works until disposed: then takes nothing new, lets what runs come to its end, and writes the cursors. */
export function startWorkers(app: App): AsyncDisposable {
  const consumers = workers.map(({ bell, concurrency, work }) =>
    app.queue.consume(bell, { concurrency }, (key) => work(app, key)),
  );
  const schedule = startSchedule(app);
  return {
    async [Symbol.asyncDispose]() {
      await schedule[Symbol.asyncDispose]();
      await Promise.all(consumers.map((consumer) => consumer[Symbol.asyncDispose]()));
      await writeCursors(app);
    },
  };
}

/** Reads every feed to its present end and works until nothing is due. What waits for a later time stays in the ledger. */
export async function drain(app: App): Promise<void> {
  let reading = true;
  const reads = Promise.all([...app.feeds.keys()].map((name) => poll.work(app, name))).finally(() => {
    reading = false;
  });
  while (!app.stopping.aborted) {
    const wasReading = reading;
    const due = await dueWork(app);
    await eachBell(app, due);
    if (due.length === 0 && !wasReading) break;
    if (due.length === 0) await delay(20);
  }
  await reads;
  await writeCursors(app);
}

async function eachBell(app: App, due: Awaited<ReturnType<typeof dueWork>>): Promise<void> {
  await Promise.all(
    workers.map(async ({ bell, concurrency, work }) => {
      const keys = due.filter((one) => one.bell === bell).map((one) => one.key);
      for (let i = 0; i < keys.length; i += concurrency) {
        await Promise.all(keys.slice(i, i + concurrency).map((key) => attempt(app, work, key)));
      }
    }),
  );
}

async function attempt(app: App, work: Worker['work'], key: string): Promise<void> {
  try {
    await work(app, key);
  } catch (error) {
    app.tell({ kind: 'trouble', what: key, message: messageOf(error) });
  }
}
