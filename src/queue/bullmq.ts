import { type Job, Queue as BullQueue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import PQueue from 'p-queue';
import { openBulk, timeoutMs } from './bulk.ts';
import { type QueueName, queueNames, depthsOf, type Queue } from './queue.ts';
import { openRedisConnections } from './redis.ts';
import { openStoreErrors, type OnStore, type StoreErrors } from './store-errors.ts';
import { within } from './within.ts';

export interface BullOptions {
  /** redis:// or rediss://; may hold a password. */
  readonly url: string;
  /** Prefix of all Redis keys, so that several bots can share one Redis. */
  readonly prefix: string;
  /** Gets the errors of handlers. */
  readonly onError: (name: QueueName, key: string, error: unknown) => void;
  readonly onStore: OnStore;
}

/** Grace period for BullMQ's shutdown; then its sockets are closed. */
const closeMs = 1000;
/**
 * Keys per job, for keys that are enqueued together: a job costs BullMQ far more than its content. Few enough that processes share a page,
 * and no more than a process handles at once.
 */
const keysPerJob: Readonly<Record<QueueName, number>> = {
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
const jobsPerBulk = 50;
/** Prefetch per process: one job runs, the next one is ready, and the others are left to other processes. */
const prefetchedJobs = 2;

/**
 * The queue of several processes: BullMQ on Redis. No job has an id of its own, a delay or attempts, and none is kept: a kept or same-id
 * job swallows later wake-ups. While Redis is down keys are dropped at once; opening waits for Redis 1 s at most.
 */
export async function openBullQueue({ url, prefix, onError, onStore }: BullOptions): Promise<Queue> {
  const errors = openStoreErrors(onStore);
  // Commands never wait on this connection: one that cannot be sent now fails now.
  const sender = openRedisConnections(
    url,
    { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, socketTimeout: 2000 },
    errors.onError,
  );
  sender.client.on('ready', errors.over);
  await within(timeoutMs, sender.connected);
  const producers = new Map<QueueName, Producer>();
  const consumers = new Set<AsyncDisposable>();
  let disposed = false;
  const producer = (name: QueueName): Producer => {
    let found = producers.get(name);
    if (found === undefined) producers.set(name, (found = openProducer(name, sender.client, { prefix, errors })));
    return found;
  };

  return {
    shared: true,
    async enqueue(name, key) {
      if (disposed || sender.client.status !== 'ready') errors.dropped(1);
      else await producer(name).bulk.add(key);
    },
    consume(name, { concurrency }, handle) {
      const consumer = openConsumer(
        { url, prefix, errors, name, concurrency },
        {
          enqueueAgain: (key) => producer(name).bulk.add(key),
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
        Promise.all(queueNames.map((name) => producer(name).queue.getWaitingCount())),
      );
      if (counts === 'late') throw new Error(`Redis did not answer within ${timeoutMs} ms`);
      return depthsOf((name) => counts[queueNames.indexOf(name)] ?? 0);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      await Promise.all([...consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
      await Promise.all([...producers.values()].map(({ bulk }) => bulk.drained()));
      sender.disconnect();
    },
  };
}

function openProducer(name: QueueName, connection: Redis, { prefix, errors }: { prefix: string; errors: StoreErrors }) {
  const queue = new BullQueue<string[], void, 'wake'>(name, {
    connection,
    prefix,
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    // BullMQ's own event log, which is not read here.
    streams: { events: { maxLen: 100 } },
  });
  queue.on('error', errors.onError);
  const bulk = openBulk({
    async send(keys) {
      const jobs = chunks(keys, keysPerJob[name]).map((data) => ({ name: 'wake' as const, data }));
      for (const some of chunks(jobs, jobsPerBulk)) await queue.addBulk(some);
    },
    onDropped(count, error) {
      errors.dropped(count);
      if (error !== undefined) errors.onError(error);
    },
  });
  return { queue, bulk };
}

type Producer = ReturnType<typeof openProducer>;

interface ConsumerOptions {
  readonly url: string;
  readonly prefix: string;
  readonly errors: StoreErrors;
  readonly name: QueueName;
  readonly concurrency: number;
}

interface Handlers {
  /** Never rejects. */
  readonly handle: (key: string) => Promise<void>;
  /** Gives back keys that were fetched and not started before the shutdown. */
  readonly enqueueAgain: (key: string) => Promise<void>;
}

function openConsumer(options: ConsumerOptions, { handle, enqueueAgain }: Handlers): AsyncDisposable {
  const { url, prefix, errors, name, concurrency } = options;
  // The socket time-out is longer than the longest wait for a job: without an answer for this long the socket is dead.
  const connections = openRedisConnections(url, { maxRetriesPerRequest: null, socketTimeout: 4000 }, errors.onError);
  const handlers = new PQueue({ concurrency });
  let ending = false;
  let ended: Promise<void> | undefined;
  /** Resolves when the handler starts: from then on the job is done, and the ledger keeps track of the work. */
  const started = (key: string) =>
    new Promise<void>((resolve) => {
      void handlers.add(async () => {
        resolve();
        await (ending ? enqueueAgain(key) : handle(key));
      });
    });
  const processJob = async ({ data }: Job<unknown>) => {
    await Promise.all(keysIn(data).map(started));
  };
  const settings = { ...workerOptions, connection: connections.client, prefix, concurrency: prefetchedJobs };
  const worker = new Worker<unknown>(name, processJob, settings);
  worker.on('error', errors.onError);

  async function end(): Promise<void> {
    ending = true;
    const closed = worker.close();
    // Enqueues the waiting keys again now, for other processes, not after the running handlers.
    handlers.concurrency = Number.POSITIVE_INFINITY;
    await handlers.onIdle();
    await within(closeMs, closed);
    connections.disconnect();
  }
  return {
    async [Symbol.asyncDispose]() {
      await (ended ??= end());
    },
  };
}

/** Redis may hold jobs of other programs. */
function keysIn(data: unknown): string[] {
  return Array.isArray(data) ? data.filter((key) => typeof key === 'string') : [];
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Keys of a process that died before their handler started are handled half a minute to a minute later; sweep is quicker. */
const workerOptions = {
  skipVersionCheck: true,
  drainDelay: 2,
  lockDuration: 30_000,
  stalledInterval: 30_000,
  maxStalledCount: 1,
  runRetryDelay: 1000,
};
