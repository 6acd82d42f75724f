import type { Config } from '../config/config.ts';
import { messageOf } from '../core/errors.ts';
import { about, type Emit } from '../core/event.ts';
import { openInProcessQueue } from '../queue/in-process.ts';
import { type QueueName, byQueue, type Queue } from '../queue/queue.ts';
import type { RedisFault } from '../queue/redis-checks.ts';

/** The configured queue. BullMQ is loaded only where it is configured: the embedded start stays lean. */
export async function openQueue({ queue: { redis } }: Config, emit: Emit): Promise<Queue> {
  const onError = (name: QueueName, key: string, error: unknown) =>
    emit({ kind: 'error', what: `${name} ${key}`, ...about(name, key), message: messageOf(error) });
  const own = openInProcessQueue({ onError });
  if (redis === undefined) return own;
  const [{ openBullStore }, { openFallbackQueue }] = await Promise.all([
    import('../queue/bullmq.ts'),
    import('../queue/fallback.ts'),
  ]);
  const onStore = ({ kind, message }: { kind: 'lost' | 'back'; message: string }) =>
    emit({ kind: kind === 'lost' ? 'error' : 'info', what: 'redis', message });
  const store = await openBullStore({ url: redis.url.reveal(), prefix: redis.prefix, onError, onStore });
  return openFallbackQueue(own, store);
}

/** For a caller that asks the ledger itself what is due. */
export const idleQueue: Queue = {
  enqueue: () => Promise.resolve(),
  consume: () => ({ [Symbol.asyncDispose]: () => Promise.resolve() }),
  depths: () => Promise.resolve(byQueue(() => 0)),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** What is wrong with the Redis of the configuration. Errors: UsageError, for its URL. */
export async function queueFaults({ queue: { redis } }: Config): Promise<RedisFault[]> {
  if (redis === undefined) return [];
  const { redisFaults } = await import('../queue/redis-checks.ts');
  return await redisFaults({ url: redis.url.reveal(), prefix: redis.prefix });
}

/** The queues on Redis, for the board; undefined where none is configured. */
export async function queuesToShow({ queue: { redis } }: Config) {
  if (redis === undefined) return undefined;
  const { openBoardQueues } = await import('../queue/bullmq.ts');
  return openBoardQueues({ url: redis.url.reveal(), prefix: redis.prefix });
}
