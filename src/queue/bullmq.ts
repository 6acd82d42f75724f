import { type Job, Queue as BullQueue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import PQueue from 'p-queue';
import { openBulk, timeoutMs } from './bulk.ts';
import { type QueueName, queueNames, depthsOf, type Queue } from './queue.ts';
import { openWires } from './redis.ts';
import { openStoreErrors, type OnStore, type StoreErrors } from './store-errors.ts';
import { within } from './within.ts';

export interface BullOptions {
  /** redis:// or rediss://; may hold a password. */
  readonly url: string;
  /** Before the names of all keys, so that several bots share one Redis. */
  readonly prefix: string;
  /** What a handler threw. */
  readonly onError: (name: QueueName, key: string, error: unknown) => void;
  readonly onStore: OnStore;
}

/** How long BullMQ may take to end in good order before its sockets are cut. */
const closeMs = 1000;
/**
 * Keys that are rung together and travel as one job: a job costs BullMQ far more than what is in it. Few enough that a page is shared out, and
 * not more than a process does at once.
 */
const handfuls: Readonly<Record<QueueName, number>> = {
  poll: 1,
  resolve: 16,
  respond: 16,
  reconcile: 1,
  withdraw: 1,
  notify: 1,
  digest: 1,
  links: 1,
  verify: 1,
};
const jobsABulk = 50;
/** Jobs whose keys wait for their turn in a process: the next is here when there is room for it, and the others are left to other processes. */
const jobsAtHand = 2;

/**
 * The bell of several processes: BullMQ on Redis. No job has an id of its own, a delay or attempts, and none is kept: a kept or same-id
 * job swallows later rings. While Redis is gone rings are dropped at once; opening waits 1 s for it at most.
 */
export async function openBullQueue({ url, prefix, onError, onStore }: BullOptions): Promise<Queue> {
  const errors = openStoreErrors(onStore);
  // Nothing waits on this one: a command that cannot be sent now fails now.
  const sender = openWires(
    url,
    { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, socketTimeout: 2000 },
    errors.onError,
  );
  sender.client.on('ready', errors.over);
  await within(timeoutMs, sender.connected);
  const lines = new Map<QueueName, Line>();
  const consumers = new Set<AsyncDisposable>();
  let disposed = false;
  const line = (name: QueueName): Line => {
    let found = lines.get(name);
    if (found === undefined) lines.set(name, (found = openLine(name, sender.client, { prefix, errors })));
    return found;
  };

  return {
    shared: true,
    async enqueue(name, key) {
      if (disposed || sender.client.status !== 'ready') errors.dropped(1);
      else await line(name).bulk.add(key);
    },
    consume(name, { concurrency }, handle) {
      const consumer = openConsumer(
        { url, prefix, errors, name, concurrency },
        {
          enqueueAgain: (key) => line(name).bulk.add(key),
          async handle(key) {
            try {
              await handle(key);
            } catch (error) {
              onError(name, key, error);
            }
          },
        },
      );
      consumers.add(consumer);
      return consumer;
    },
    async depths() {
      if (disposed || sender.client.status !== 'ready') throw new Error('Redis is not connected');
      const counts = await within(
        timeoutMs,
        Promise.all(queueNames.map((name) => line(name).queueNames.getWaitingCount())),
      );
      if (counts === 'late') throw new Error(`Redis did not answer within ${timeoutMs} ms`);
      return depthsOf((name) => counts[queueNames.indexOf(name)] ?? 0);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      await Promise.all([...consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
      await Promise.all([...lines.values()].map(({ bulk }) => bulk.ended()));
      sender.cut();
    },
  };
}

/** The sending end of one bell. */
function openLine(name: QueueName, connection: Redis, { prefix, errors }: { prefix: string; errors: StoreErrors }) {
  const queue = new BullQueue<string[], void, 'wake'>(name, {
    connection,
    prefix,
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    // BullMQ's own log of what happened to jobs; nobody here reads it.
    streams: { events: { maxLen: 100 } },
  });
  queue.on('error', errors.onError);
  const bulk = openBulk({
    async send(keys) {
      const jobs = inPieces(keys, handfuls[name]).map((data) => ({ name: 'wake' as const, data }));
      for (const some of inPieces(jobs, jobsABulk)) await queue.addBulk(some);
    },
    onDropped(count, error) {
      errors.dropped(count);
      if (error !== undefined) errors.onError(error);
    },
  });
  return { queueNames: queue, bulk };
}

type Line = ReturnType<typeof openLine>;

interface Consumer {
  readonly url: string;
  readonly prefix: string;
  readonly errors: StoreErrors;
  readonly name: QueueName;
  readonly concurrency: number;
}

interface Listening {
  /** Never rejects. */
  readonly handle: (key: string) => Promise<void>;
  /** For what was taken and not begun when the end came. */
  readonly enqueueAgain: (key: string) => Promise<void>;
}

/** The hearing end of one bell. */
function openConsumer(options: Consumer, { handle, enqueueAgain }: Listening): AsyncDisposable {
  const { url, prefix, errors, name, concurrency } = options;
  // Longer than the longest wait for a job: without an answer for this long the socket is dead.
  const wires = openWires(url, { maxRetriesPerRequest: null, socketTimeout: 4000 }, errors.onError);
  const line = new PQueue({ concurrency });
  let ending = false;
  let ended: Promise<void> | undefined;
  /** Resolves when the key's turn has come: from then on the ring is heard, and what becomes of it is the ledger's. */
  const turnOf = (key: string) =>
    new Promise<void>((come) => {
      void line.add(async () => {
        come();
        await (ending ? enqueueAgain(key) : handle(key));
      });
    });
  const take = async ({ data }: Job<unknown>) => {
    await Promise.all(keysIn(data).map(turnOf));
  };
  const settings = { ...workerOptions, connection: wires.client, prefix, concurrency: jobsAtHand };
  const worker = new Worker<unknown>(name, take, settings);
  worker.on('error', errors.onError);

  async function end(): Promise<void> {
    ending = true;
    const closed = worker.close();
    // What waits is rung again now, for others, and not when what runs is done.
    line.concurrency = Number.POSITIVE_INFINITY;
    await line.onIdle();
    await within(closeMs, closed);
    wires.cut();
  }
  return {
    async [Symbol.asyncDispose]() {
      await (ended ??= end());
    },
  };
}

/** What stands in Redis may be anybody's. */
function keysIn(data: unknown): string[] {
  return Array.isArray(data) ? data.filter((key) => typeof key === 'string') : [];
}

function inPieces<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Keys that died with their process before their turn are heard once more, half a minute to a minute later; sweep is quicker. */
const workerOptions = {
  skipVersionCheck: true,
  drainDelay: 2,
  lockDuration: 30_000,
  stalledInterval: 30_000,
  maxStalledCount: 1,
  runRetryDelay: 1000,
};
