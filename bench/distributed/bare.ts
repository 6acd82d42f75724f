// Keys a second through BullMQ alone, in a process of its own, as each bot has; arguments: URL of Redis, how many keys, after how many the
// measurement begins. Prints the rate.
import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

const concurrency = 384;
const bulkSize = 500;

const [redis = '', count = '0', warm = '0'] = process.argv.slice(2);
const rate = await bareRate(
  redis,
  Array.from({ length: Number(count) }, (_, i) => `file:${i}`),
);
process.stdout.write(String(rate));

/**
 * Each key is added to `resolve` and, by its worker, to `respond`, whose worker counts it: added in the same bulks and with the same options
 * as the bot's queue adds, but a job a key, and no ledger.
 */
async function bareRate(url: string, keys: readonly string[]): Promise<number> {
  const connections = Array.from({ length: 3 }, () => {
    return new Redis(url, { maxRetriesPerRequest: null, replyMapping: 'legacy' });
  });
  const [adding, first, second] = connections as [Redis, Redis, Redis];
  const options = { connection: adding, skipVersionCheck: true, streams: { events: { maxLen: 100 } } };
  const queues = { resolve: new Queue('resolve', options), respond: new Queue('respond', options) };
  const finished = Promise.withResolvers<void>();
  const again = bulks((some) => add(queues.respond, some));
  let counted = 0;
  let start = performance.now();
  const countOne = () => {
    counted += 1;
    if (counted === Number(warm)) start = performance.now();
    if (counted === keys.length) finished.resolve();
    return Promise.resolve();
  };
  const workers = [
    new Worker('resolve', ({ data }: Job<string>) => again(data), { connection: first, concurrency }),
    new Worker('respond', countOne, { connection: second, concurrency }),
  ];
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  for (let i = 0; i < keys.length; i += bulkSize) await add(queues.resolve, keys.slice(i, i + bulkSize));
  await finished.promise;
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(workers.map((worker) => worker.close()));
  await Promise.all(Object.values(queues).map((queue) => queue.close()));
  for (const connection of connections) connection.disconnect();
  return (keys.length - Number(warm)) / seconds;
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
