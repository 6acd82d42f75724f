import type { Config } from '../config/config.ts';
import { messageOf } from '../core/errors.ts';
import { about, type Emit } from '../core/event.ts';
import { openInProcessQueue } from '../queue/in-process.ts';
import { type QueueName, byQueue, type Queue } from '../queue/queue.ts';
import type { RedisFault } from '../queue/redis.ts';

/** The configured queue. BullMQ is loaded only where it is configured: the embedded start stays lean. */
export async function openQueue({ queue: { redis } }: Config, emit: Emit): Promise<Queue> {
  const onError = (name: QueueName, key: string, error: unknown) =>
    emit({ kind: 'error', what: `${name} ${key}`, ...about(name, key), message: messageOf(error) });
  const own = openInProcessQueue({ onError });
  if (redis === undefined) return own;
  const { openBullQueue } = await import('../queue/bullmq.ts');
  const onStore = ({ kind, message }: { kind: 'lost' | 'back'; message: string }) =>
    emit({ kind: kind === 'lost' ? 'error' : 'info', what: 'redis', message });
  const all = await openBullQueue({ url: redis.url.reveal(), prefix: redis.prefix, onError, onStore });
  return besideOwn(own, all);
}

/** Polls are each process's own business: whose feed it is, the ledger's holds say. */
function besideOwn(own: Queue, all: Queue): Queue {
  const of = (name: QueueName) => (name === 'poll' ? own : all);
  return {
    shared: true,
    enqueue: (name, key) => of(name).enqueue(name, key),
    consume: (name, options, handle) => of(name).consume(name, options, handle),
    depths: async () => ({ ...(await all.depths()), poll: (await own.depths()).poll }),
    async [Symbol.asyncDispose]() {
      await Promise.all([own[Symbol.asyncDispose](), all[Symbol.asyncDispose]()]);
    },
  };
}

/** For a caller that asks the ledger itself what is due. */
export const idleQueue: Queue = {
  enqueue: () => Promise.resolve(),
  consume: () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  depths: () => Promise.resolve(byQueue(() => 0)),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** What is wrong with the Redis of the configuration. Errors: it cannot be reached. */
export async function queueFaults({ queue: { redis } }: Config): Promise<RedisFault[]> {
  if (redis === undefined) return [];
  const { redisFaults } = await import('../queue/redis.ts');
  return await redisFaults(redis.url.reveal());
}

/** The queues on Redis, for the board; undefined where none is configured. */
export async function queuesToShow({ queue: { redis } }: Config) {
  if (redis === undefined) return undefined;
  const { openBoardQueues } = await import('../queue/bullmq.ts');
  return openBoardQueues({ url: redis.url.reveal(), prefix: redis.prefix });
}
