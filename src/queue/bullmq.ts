import { type Job, Queue as Bells, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import PQueue from 'p-queue';
import { openBulk, patienceMs } from './bulk.ts';
import { type Bell, bells, depthsOf, type Queue } from './queue.ts';
import { openWires } from './redis.ts';
import { openTroubles, type TellStore, type Troubles } from './troubles.ts';
import { within } from './within.ts';

export interface BullOptions {
  /** redis:// or rediss://; may hold a password. */
  readonly url: string;
  /** Before the names of all keys, so that several bots share one Redis. */
  readonly prefix: string;
  /** What a handler threw. */
  readonly onError: (bell: Bell, key: string, error: unknown) => void;
  readonly onStore: TellStore;
}

/** How long BullMQ may take to end in good order before its sockets are cut. */
const closeMs = 1000;
/**
 * Keys that are rung together and travel as one job: a job costs BullMQ far more than what is in it. Few enough that a page is shared out, and
 * not more than a process does at once.
 */
const handfuls: Readonly<Record<Bell, number>> = {
  poll: 1,
  resolve: 16,
  respond: 16,
  settle: 1,
  withdraw: 1,
  notify: 1,
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
  const troubles = openTroubles(onStore);
  // Nothing waits on this one: a command that cannot be sent now fails now.
  const ringing = openWires(
    url,
    { enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, socketTimeout: 2000 },
    troubles.heard,
  );
  ringing.client.on('ready', troubles.over);
  await within(patienceMs, ringing.connected);
  const lines = new Map<Bell, Line>();
  const consumers = new Set<AsyncDisposable>();
  let disposed = false;
  const line = (bell: Bell): Line => {
    let found = lines.get(bell);
    if (found === undefined) lines.set(bell, (found = openLine(bell, ringing.client, { prefix, troubles })));
    return found;
  };

  return {
    shared: true,
    async ring(bell, key) {
      if (disposed || ringing.client.status !== 'ready') troubles.dropped(1);
      else await line(bell).bulk.add(key);
    },
    consume(bell, { concurrency }, handle) {
      const consumer = openConsumer(
        { url, prefix, troubles, bell, concurrency },
        {
          ringAgain: (key) => line(bell).bulk.add(key),
          async handle(key) {
            try {
              await handle(key);
            } catch (error) {
              onError(bell, key, error);
            }
          },
        },
      );
      consumers.add(consumer);
      return consumer;
    },
    async depths() {
      if (disposed || ringing.client.status !== 'ready') throw new Error('Redis is not connected');
      const counts = await within(patienceMs, Promise.all(bells.map((bell) => line(bell).bells.getWaitingCount())));
      if (counts === 'late') throw new Error(`Redis did not answer within ${patienceMs} ms`);
      return depthsOf((bell) => counts[bells.indexOf(bell)] ?? 0);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      await Promise.all([...consumers].map((consumer) => consumer[Symbol.asyncDispose]()));
      await Promise.all([...lines.values()].map(({ bulk }) => bulk.ended()));
      ringing.cut();
    },
  };
}

/** The sending end of one bell. */
function openLine(bell: Bell, connection: Redis, { prefix, troubles }: { prefix: string; troubles: Troubles }) {
  const queue = new Bells<string[], void, 'ring'>(bell, {
    connection,
    prefix,
    skipVersionCheck: true,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
    // BullMQ's own log of what happened to jobs; nobody here reads it.
    streams: { events: { maxLen: 100 } },
  });
  queue.on('error', troubles.heard);
  const bulk = openBulk({
    async send(keys) {
      const jobs = inPieces(keys, handfuls[bell]).map((data) => ({ name: 'ring' as const, data }));
      for (const some of inPieces(jobs, jobsABulk)) await queue.addBulk(some);
    },
    onDropped(count, error) {
      troubles.dropped(count);
      if (error !== undefined) troubles.heard(error);
    },
  });
  return { bells: queue, bulk };
}

type Line = ReturnType<typeof openLine>;

interface Consumer {
  readonly url: string;
  readonly prefix: string;
  readonly troubles: Troubles;
  readonly bell: Bell;
  readonly concurrency: number;
}

interface Hearing {
  /** Never rejects. */
  readonly handle: (key: string) => Promise<void>;
  /** For what was taken and not begun when the end came. */
  readonly ringAgain: (key: string) => Promise<void>;
}

/** The hearing end of one bell. */
function openConsumer(options: Consumer, { handle, ringAgain }: Hearing): AsyncDisposable {
  const { url, prefix, troubles, bell, concurrency } = options;
  // Longer than the longest wait for a job: without an answer for this long the socket is dead.
  const wires = openWires(url, { maxRetriesPerRequest: null, socketTimeout: 4000 }, troubles.heard);
  const line = new PQueue({ concurrency });
  let ending = false;
  let ended: Promise<void> | undefined;
  /** Resolves when the key's turn has come: from then on the ring is heard, and what becomes of it is the ledger's. */
  const turnOf = (key: string) =>
    new Promise<void>((come) => {
      void line.add(async () => {
        come();
        await (ending ? ringAgain(key) : handle(key));
      });
    });
  const take = async ({ data }: Job<unknown>) => {
    await Promise.all(keysIn(data).map(turnOf));
  };
  const settings = { ...workerOptions, connection: wires.client, prefix, concurrency: jobsAtHand };
  const worker = new Worker<unknown>(bell, take, settings);
  worker.on('error', troubles.heard);

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
