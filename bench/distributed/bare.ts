// Keys a second through BullMQ alone, in a process of its own, as each bot has; arguments: URL of Redis, how many keys, and how many
// of them warm it up before. Prints the rate and the busy cores as JSON.
import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { busySeconds, type Rate } from './busy.ts';

const concurrency = 384;
const bulkSize = 500;

const [redis = '', count = '0', warm = '0'] = process.argv.slice(2);
const pace = await barePace(
  redis,
  Array.from({ length: Number(count) }, (_, i) => `file:${i}`),
);
process.stdout.write(JSON.stringify(pace));

/**
 * Each key is added to `resolve` and, by its worker, to `respond`, whose worker counts it: added in the same bulks and with the same options
 * as the bot's queue adds, but a job a key, and no ledger.
 */
async function barePace(url: string, keys: readonly string[]): Promise<Rate> {
  const connections = Array.from({ length: 3 }, () => {
    return new Redis(url, { maxRetriesPerRequest: null, replyMapping: 'legacy' });
  });
  const [adding, first, second] = connections as [Redis, Redis, Redis];
  const options = { connection: adding, skipVersionCheck: true, streams: { events: { maxLen: 100 } } };
  const queues = { resolve: new Queue('resolve', options), respond: new Queue('respond', options) };
  const again = bulks((some) => add(queues.respond, some));
  let open = 0;
  let finished = Promise.withResolvers<void>();
  const countOne = () => {
    open -= 1;
    if (open === 0) finished.resolve();
    return Promise.resolve();
  };
  async function through(some: readonly string[]): Promise<void> {
    open = some.length;
    finished = Promise.withResolvers<void>();
    for (let i = 0; i < some.length; i += bulkSize) await add(queues.resolve, some.slice(i, i + bulkSize));
    await finished.promise;
  }
  const workers = [
    new Worker('resolve', ({ data }: Job<string>) => again(data), { connection: first, concurrency }),
    new Worker('respond', countOne, { connection: second, concurrency }),
  ];
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  // Whole before the others begin: else these would find half of their work done.
  await through(keys.slice(0, Number(warm)));
  const [start, busyBefore] = [performance.now(), busySeconds()];
  await through(keys.slice(Number(warm)));
  const seconds = (performance.now() - start) / 1000;
  const cores = (busySeconds() - busyBefore) / seconds;
  await Promise.all(workers.map((worker) => worker.close()));
  await Promise.all(Object.values(queues).map((queue) => queue.close()));
  for (const connection of connections) connection.disconnect();
  return { rate: (keys.length - Number(warm)) / seconds, cores };
}

async function add(queue: Queue, keys: readonly string[]): Promise<void> {
  const opts = { removeOnComplete: true, removeOnFail: true };
  await queue.addBulk(keys.map((data) => ({ name: 'wake', data, opts })));
}

/** Adds what is asked for in one turn, or while a bulk is under way, together. */
function bulks(send: (keys: readonly string[]) => Promise<void>): (key: string) => Promise<void> {
  let waiting: string[] = [];
  let filling: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  async function leave(before: Promise<void>): Promise<void> {
    await new Promise(setImmediate);
    await before;
    const keys = waiting;
    waiting = [];
    filling = undefined;
    await send(keys);
  }

  return (key) => {
    waiting.push(key);
    filling ??= last = leave(last);
    return filling;
  };
}
