import { type Job, Queue as Bells, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
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
const bulkSize = 500;

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
      const consumer = openConsumer({ url, prefix, troubles, bell, concurrency }, async (key) => {
        try {
          await handle(key);
        } catch (error) {
          onError(bell, key, error);
        }
      });
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
  const queue = new Bells<string, void, 'ring'>(bell, {
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
      for (let i = 0; i < keys.length; i += bulkSize) {
        await queue.addBulk(keys.slice(i, i + bulkSize).map((data) => ({ name: 'ring' as const, data })));
      }
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

/** The hearing end of one bell. `handle` never rejects. */
function openConsumer(options: Consumer, handle: (key: string) => Promise<void>): AsyncDisposable {
  const { url, prefix, troubles, bell, concurrency } = options;
  // Longer than the longest wait for a job: without an answer for this long the socket is dead.
  const wires = openWires(url, { maxRetriesPerRequest: null, socketTimeout: 4000 }, troubles.heard);
  const running = new Set<Promise<void>>();
  let ended: Promise<void> | undefined;
  const take = async ({ data }: Job<string>) => {
    // Taken between the end and the end of taking: this ring is lost, and sweep rings again.
    if (ended !== undefined || typeof data !== 'string') return;
    const run = handle(data);
    running.add(run);
    await run;
    running.delete(run);
  };
  const worker = new Worker<string>(bell, take, { ...workerOptions, connection: wires.client, prefix, concurrency });
  worker.on('error', troubles.heard);

  async function end(): Promise<void> {
    const closed = worker.close();
    await Promise.all(running);
    await within(closeMs, closed);
    wires.cut();
  }
  return {
    async [Symbol.asyncDispose]() {
      await (ended ??= end());
    },
  };
}

/** A job that died with its process is run once more, half a minute to a minute later; sweep is quicker. */
const workerOptions = {
  skipVersionCheck: true,
  drainDelay: 2,
  lockDuration: 30_000,
  stalledInterval: 30_000,
  maxStalledCount: 1,
  runRetryDelay: 1000,
};
