import { randomUUID } from 'node:crypto';
import { type Job, Queue as BullQueue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { openSemaphore, within } from '../core/async.ts';
import { openBulk, timeoutMs } from './bulk.ts';
import type { Store } from './fallback.ts';
import { type QueueName, queueNames, byQueue } from './queue.ts';
import { openRedisConnections } from './redis.ts';
import { type OnStore, openStoreState, type StoreState } from './store-state.ts';

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
 * Keys per job, for keys that are enqueued together: a job costs BullMQ far more than its content (bench distributed: half the rate with a
 * job a key). Few enough that processes share a page, and no more than a process handles at once.
 */
const keysPerJob: Readonly<Partial<Record<QueueName, number>>> = { resolve: 16, respond: 16 };
const jobsPerBulk = 50;
/** Prefetch per process: one job runs, the next one is ready, and the others are left to other processes. */
const prefetchedJobs = 2;

/** Often enough to tell of trouble before the next sweep. */
const probeEveryMs = 2000;
/** Its one job never ends waiting: adding it again changes nothing, but needs all that adding another one needs. */
const probeName = 'probe';

/**
 * The store of several processes: BullMQ on Redis. No job has an id of its own, a delay or attempts, and none is kept: a kept or same-id
 * job swallows later wake-ups. While Redis is down keys are refused at once; opening waits for Redis 1 s at most.
 */
export async function openBullStore({ url, prefix, onError, onStore }: BullOptions): Promise<Store> {
  const state = openStoreState(onStore);
  const sender = openRedisConnections(url, failAtOnce, state.onError);
  await within(timeoutMs, sender.connected);
  const producers = new Map<QueueName, Producer>();
  const consumers = new Set<AsyncDisposable>();
  let disposed = false;
  const isReady = () => !disposed && sender.client.status === 'ready';
  const producer = (name: QueueName): Producer => {
    let found = producers.get(name);
    if (found === undefined) producers.set(name, (found = openProducer(name, sender.client, { prefix, state })));
    return found;
  };
  const probing = openProbe({ connection: sender.client, prefix, state });
  await probing.first;

  return {
    works: () => isReady() && state.isCalm(),
    enqueue: async (name, key) => isReady() && (await producer(name).bulk.add(key)),
    consume(name, { concurrency }, handle) {
      const consumer = openConsumer(name, {
        url,
        prefix,
        concurrency,
        onError: state.onError,
        enqueueAgain: async (key) => void (await producer(name).bulk.add(key)),
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
      clearInterval(probing.timer);
      await Promise.all([...consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
      await Promise.all([...producers.values()].map(({ bulk }) => bulk.drained()));
      sender.disconnect();
    },
  };
}

/** Adds a job every two seconds, so that a process that seldom enqueues knows as well if the store takes keys. */
function openProbe({ connection, prefix, state }: { connection: Redis; prefix: string; state: StoreState }) {
  const queue = new BullQueue(probeName, { ...queueOptions, connection, prefix });
  queue.on('error', state.onError);
  async function probe(): Promise<void> {
    if (connection.status !== 'ready') return;
    try {
      const added = await within(timeoutMs, queue.add('wake', [], { jobId: probeName }));
      if (added === 'late') throw new Error(`no answer within ${timeoutMs} ms`);
      state.onTaken();
    } catch (error) {
      state.onError(error);
    }
  }
  return { first: probe(), timer: setInterval(() => void probe().catch(state.onError), probeEveryMs).unref() };
}

/** The BullMQ queues, for reading only. While Redis is down every request fails at once. */
export function openBoardQueues({ url, prefix }: { url: string; prefix: string }) {
  const connections = openRedisConnections(url, failAtOnce, () => {});
  const settings = { connection: connections.client, prefix, skipVersionCheck: true, skipMetasUpdate: true };
  const queues = queueNames.map((name) => new BullQueue(name, settings).on('error', () => {}));
  return { queues, [Symbol.dispose]: () => connections.disconnect() };
}

/** Sends a wake-up through a queue of its own and takes it as workers do. Errors: those of Redis; it does not arrive in time. */
export async function tryWakeUp({ url, prefix }: Pick<BullOptions, 'url' | 'prefix'>, ms: number): Promise<void> {
  const { promise: arrived, resolve, reject } = Promise.withResolvers<void>();
  const name = `check-${randomUUID()}`;
  const connections = openRedisConnections(url, failAtOnce, reject);
  const queue = new BullQueue(name, { ...queueOptions, connection: connections.client, prefix }).on('error', reject);
  const handlers = { handle: () => Promise.resolve(resolve()), enqueueAgain: () => Promise.resolve() };
  const consumer = openConsumer(name, { url, prefix, concurrency: 1, onError: reject, ...handlers });
  try {
    await Promise.race([connections.connected, arrived]);
    const sent = within(timeoutMs, queue.add('wake', ['']));
    // Workers wait with this command, but not for a job that came before it.
    const waited = connections.client.bzpopmin(`${prefix}:${name}:marker`, 0.01);
    const done = await within(ms, Promise.all([sent, waited, arrived]));
    if (done === 'late' || done[0] === 'late')
      throw new Error(`no answer within ${done === 'late' ? ms : timeoutMs} ms`);
  } finally {
    await consumer[Symbol.asyncDispose]();
    await within(timeoutMs, queue.obliterate({ force: true })).catch(() => {});
    connections.disconnect();
  }
}

function openProducer(name: QueueName, connection: Redis, { prefix, state }: { prefix: string; state: StoreState }) {
  const queue = new BullQueue<string[], void, 'wake'>(name, { ...queueOptions, connection, prefix });
  queue.on('error', state.onError);
  const bulk = openBulk({
    async send(keys) {
      const jobs = chunks(keys, keysPerJob[name] ?? 1).map((data) => ({ name: 'wake' as const, data }));
      for (const some of chunks(jobs, jobsPerBulk)) await queue.addBulk(some);
    },
    onError: state.onError,
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
  name: string,
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
    // Without a connection BullMQ would wait for one, with timers that keep the process alive.
    const closed = worker.close(connections.client.status !== 'ready');
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
