import { type Job, Queue as BullQueue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { openSemaphore, within } from '../core/async.ts';
import { messageOf } from '../core/errors.ts';
import { openBulk, timeoutMs } from './bulk.ts';
import { type QueueName, queueNames, byQueue, type Queue } from './queue.ts';
import { openRedisConnections } from './redis.ts';

export interface BullOptions {
  /** redis:// or rediss://; may hold a password. */
  readonly url: string;
  /** Prefix of all Redis keys, so that several bots can share one Redis. */
  readonly prefix: string;
  /** Gets the errors of handlers. */
  readonly onError: (name: QueueName, key: string, error: unknown) => void;
  /** Reports the state of the store: `lost`, at most once a minute, then `back`. */
  readonly onStore: (event: { readonly kind: 'lost' | 'back'; readonly message: string }) => void;
}

/** Grace period for BullMQ's shutdown; then its sockets are closed. */
const closeMs = 1000;
/**
 * Keys per job, for keys that are enqueued together: a job costs BullMQ far more than its content (bench distributed: half the rate with a
 * job a key). Few enough that processes share a page, and no more than a process handles at once.
 */
const keysPerJob: Readonly<Partial<Record<QueueName, number>>> = { resolve: 16, respond: 16 };
const jobsPerBulk = 50;
/** Prefetch per process: one job runs, the next one is ready, and the others are left to other processes. */
const prefetchedJobs = 2;

/**
 * The queue of several processes: BullMQ on Redis. No job has an id of its own, a delay or attempts, and none is kept: a kept or same-id
 * job swallows later wake-ups. While Redis is down keys are dropped at once; opening waits for Redis 1 s at most.
 */
export async function openBullQueue({ url, prefix, onError, onStore }: BullOptions): Promise<Queue> {
  const errors = openStoreErrors(onStore);
  const sender = openRedisConnections(url, failAtOnce, errors.onError);
  sender.client.on('ready', errors.over);
  await within(timeoutMs, sender.connected);
  const producers = new Map<QueueName, Producer>();
  const consumers = new Set<AsyncDisposable>();
  let disposed = false;
  const isReady = () => !disposed && sender.client.status === 'ready';
  const producer = (name: QueueName): Producer => {
    let found = producers.get(name);
    if (found === undefined) producers.set(name, (found = openProducer(name, sender.client, { prefix, errors })));
    return found;
  };

  return {
    shared: true,
    async enqueue(name, key) {
      if (isReady()) await producer(name).bulk.add(key);
      else errors.dropped(1);
    },
    consume(name, { concurrency }, handle) {
      const consumer = openConsumer(name, {
        url,
        prefix,
        concurrency,
        onError: errors.onError,
        enqueueAgain: (key) => producer(name).bulk.add(key),
        handle: (key) => handle(key).catch((error: unknown) => onError(name, key, error)),
      });
      consumers.add(consumer);
      return consumer;
    },
    async depths() {
      if (!isReady()) throw new Error('Redis is not connected');
      const counts = await within(
        timeoutMs,
        Promise.all(queueNames.map((name) => producer(name).queue.getWaitingCount())),
      );
      if (counts === 'late') throw new Error(`Redis did not answer within ${timeoutMs} ms`);
      return byQueue((name) => counts[queueNames.indexOf(name)] ?? 0);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      await Promise.all([...consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
      await Promise.all([...producers.values()].map(({ bulk }) => bulk.drained()));
      sender.disconnect();
    },
  };
}

/** The BullMQ queues, for reading only. While Redis is down every request fails at once. */
export function openBoardQueues({ url, prefix }: { url: string; prefix: string }) {
  const connections = openRedisConnections(url, failAtOnce, () => {});
  const settings = { connection: connections.client, prefix, skipVersionCheck: true, skipMetasUpdate: true };
  const queues = queueNames.map((name) => new BullQueue(name, settings).on('error', () => {}));
  return { queues, [Symbol.dispose]: () => connections.disconnect() };
}

function openProducer(name: QueueName, connection: Redis, { prefix, errors }: { prefix: string; errors: StoreErrors }) {
  const queue = new BullQueue<string[], void, 'wake'>(name, { ...queueOptions, connection, prefix });
  queue.on('error', errors.onError);
  const bulk = openBulk({
    async send(keys) {
      const jobs = chunks(keys, keysPerJob[name] ?? 1).map((data) => ({ name: 'wake' as const, data }));
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
  readonly concurrency: number;
  readonly onError: (error: Error) => void;
  /** Never rejects. */
  readonly handle: (key: string) => Promise<void>;
  /** Gives back a key that was fetched and not started before the shutdown. */
  readonly enqueueAgain: (key: string) => Promise<void>;
}

function openConsumer(
  name: QueueName,
  { url, prefix, concurrency, onError, handle, enqueueAgain }: ConsumerOptions,
): AsyncDisposable {
  // The socket time-out is longer than the longest wait for a job: without an answer for this long the socket is dead.
  const connections = openRedisConnections(url, { maxRetriesPerRequest: null, socketTimeout: 4000 }, onError);
  const withPermit = openSemaphore(concurrency);
  /** Keys that were fetched and whose handlers have not started. */
  const waiting = new Set<string>();
  const running = new Set<Promise<void>>();
  let ended: Promise<void> | undefined;

  /** Resolves when the handler starts: from then on the job is done, and the ledger keeps track of the work. */
  async function started(key: string): Promise<void> {
    if (ended !== undefined) return await enqueueAgain(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(key);
    const run = withPermit(async () => {
      resolve();
      if (waiting.delete(key)) await handle(key);
    });
    running.add(run);
    run.catch(() => {}).finally(() => running.delete(run));
    await promise;
  }

  const processJob = async ({ data }: Job<unknown>) => void (await Promise.all(keysIn(data).map(started)));
  const settings = { ...workerOptions, connection: connections.client, prefix, concurrency: prefetchedJobs };
  const worker = new Worker<unknown>(name, processJob, settings);
  worker.on('error', onError);

  async function end(): Promise<void> {
    const closed = worker.close();
    // Now, for other processes, not after the running handlers.
    const notStarted = [...waiting];
    waiting.clear();
    await Promise.all(notStarted.map(enqueueAgain));
    await Promise.all(running);
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

type StoreErrors = ReturnType<typeof openStoreErrors>;

/** A store that is down fails every call: this reports it once, again after a minute, and when it is over. */
function openStoreErrors(emit: BullOptions['onStore']) {
  let lost = false;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let drops = 0;
  return {
    onError: (error: unknown) => {
      const now = performance.now();
      if (now - reportedAt < 60_000) return;
      lost = true;
      reportedAt = now;
      emit({ kind: 'lost', message: `${messageOf(error)}; sweep finds due work` });
    },
    /** Wake-ups that no handler will see. */
    dropped: (count: number) => {
      drops += count;
    },
    over: () => {
      if (lost) emit({ kind: 'back', message: `Redis is back; ${drops} wake-ups were dropped meanwhile` });
      lost = false;
      drops = 0;
    },
  };
}

/** Commands never wait for the connection: one that cannot be sent now fails now. */
const failAtOnce = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  socketTimeout: 2000,
};

const queueOptions = {
  skipVersionCheck: true,
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  // BullMQ's own event log, which is not read here.
  streams: { events: { maxLen: 100 } },
};

/** Keys of a process that died before their handler started are handled half a minute to a minute later; sweep is quicker. */
const workerOptions = {
  skipVersionCheck: true,
  drainDelay: 2,
  lockDuration: 30_000,
  stalledInterval: 30_000,
  maxStalledCount: 1,
  runRetryDelay: 1000,
};
