import { setTimeout as delay } from 'node:timers/promises';
import { type QueueName, depthsOf, type Queue } from './queue.ts';

/** Above so many waiting keys in a queue, `enqueue` makes its caller wait; without a consumer it drops the key. */
const highWaterMark = 2000;
/** Below so many waiting keys callers go on. */
const lowWaterMark = 1500;
const timeoutMs = 1000;

/** The embedded queue: lives and dies with the process, and bounds how many handlers run at once. */
export function openInProcessQueue(options: {
  onError: (name: QueueName, key: string, error: unknown) => void;
}): Queue {
  const queues = new Map<QueueName, KeyQueue>();
  let disposed = false;
  const queue = (name: QueueName): KeyQueue => {
    let found = queues.get(name);
    if (found === undefined)
      queues.set(name, (found = openKeyQueue((key, error) => options.onError(name, key, error))));
    return found;
  };

  return {
    async enqueue(name, key) {
      if (disposed) return;
      const { waiting, add, hasHandler, drained } = queue(name);
      if (waiting.has(key) || (!hasHandler() && waiting.size >= highWaterMark)) return;
      add(key);
      if (hasHandler() && waiting.size > highWaterMark)
        await Promise.race([drained(), delay(timeoutMs, undefined, { ref: false })]);
    },
    consume(name, { concurrency }, handle) {
      const { setHandler, stop } = queue(name);
      setHandler(handle, concurrency);
      return { [Symbol.asyncDispose]: stop };
    },
    depths: () => Promise.resolve(depthsOf((name) => queues.get(name)?.waiting.size ?? 0)),
    async [Symbol.asyncDispose]() {
      disposed = true;
      for (const { waiting } of queues.values()) waiting.clear();
      await Promise.all([...queues.values()].map(({ stop }) => stop()));
    },
  };
}

interface KeyQueue {
  /** Keys whose handler has not started, in order of arrival. Adding one of them again changes nothing. */
  readonly waiting: ReadonlySet<string> & { clear(): void };
  add(this: void, key: string): void;
  setHandler(this: void, handle: Handle, concurrency: number): void;
  hasHandler(this: void): boolean;
  /** Starts no more handlers and waits for those that run. */
  stop(this: void): Promise<void>;
  /** Resolves below the low-water mark. */
  drained(this: void): Promise<void>;
}

type Handle = (key: string) => Promise<void>;

function openKeyQueue(onError: (key: string, error: unknown) => void): KeyQueue {
  const waiting = new Set<string>();
  const running = new Set<Promise<void>>();
  let handle: Handle | undefined;
  let concurrency = 0;
  let stopped = false;
  let starting = false;
  let drained: PromiseWithResolvers<void> | undefined;

  /** Deferred to a microtask: the caller of `enqueue` goes on first, and keys of one turn start together. */
  function startSoon(): void {
    if (starting) return;
    starting = true;
    queueMicrotask(() => {
      starting = false;
      start();
    });
  }

  function start(): void {
    for (const key of waiting) {
      if (handle === undefined || stopped || running.size >= concurrency) break;
      waiting.delete(key);
      const run = attempt(handle, key).finally(() => {
        running.delete(run);
        startSoon();
      });
      running.add(run);
    }
    if (waiting.size >= lowWaterMark) return;
    drained?.resolve();
    drained = undefined;
  }

  async function attempt(handler: Handle, key: string): Promise<void> {
    try {
      await handler(key);
    } catch (error) {
      onError(key, error);
    }
  }

  return {
    waiting,
    add(key) {
      waiting.add(key);
      startSoon();
    },
    setHandler(newHandle, newConcurrency) {
      handle = newHandle;
      concurrency = newConcurrency;
      stopped = false;
      startSoon();
    },
    hasHandler: () => handle !== undefined,
    async stop() {
      stopped = true;
      while (running.size > 0) await Promise.all(running);
    },
    drained: () => (drained ??= Promise.withResolvers<void>()).promise,
  };
}
