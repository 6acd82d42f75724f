import { setTimeout as delay } from 'node:timers/promises';
import { byQueue, type QueueName, type Queue } from './queue.ts';

/** Above so many waiting keys in a queue, `enqueue` makes its caller wait; without a consumer it drops the key. */
const highWaterMark = 2000;
/** Below so many waiting keys callers go on. */
const lowWaterMark = 1500;
const timeoutMs = 1000;

/** The embedded queue: lives and dies with the process, and bounds how many handlers run at once. */
export function openInProcessQueue(options: {
  onError: (name: QueueName, key: string, error: unknown) => void;
}): Queue {
  const queues = byQueue((name) => new KeyQueue((key, error) => options.onError(name, key, error)));
  let disposed = false;
  return {
    async enqueue(name, key) {
      if (disposed) return;
      const keys = queues[name];
      if (keys.waiting.has(key) || (!keys.hasHandler && keys.waiting.size >= highWaterMark)) return;
      keys.add(key);
      if (keys.hasHandler && keys.waiting.size > highWaterMark)
        await Promise.race([keys.drained(), delay(timeoutMs, undefined, { ref: false })]);
    },
    consume(name, { concurrency }, handle) {
      queues[name].setHandler(handle, concurrency);
      return { [Symbol.asyncDispose]: () => queues[name].stop() };
    },
    depths: () => Promise.resolve(byQueue((name) => queues[name].waiting.size)),
    async [Symbol.asyncDispose]() {
      disposed = true;
      const all = Object.values(queues);
      for (const { waiting } of all) waiting.clear();
      await Promise.all(all.map((keys) => keys.stop()));
    },
  };
}

type Handle = (key: string) => Promise<void>;

/** The keys of one queue, and the handlers that run. */
class KeyQueue {
  /** Keys whose handler has not started, in order of arrival. Adding one of them again changes nothing. */
  readonly waiting = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #onError: (key: string, error: unknown) => void;
  #handle: Handle | undefined;
  #concurrency = 0;
  #stopped = false;
  #starting = false;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(onError: (key: string, error: unknown) => void) {
    this.#onError = onError;
  }

  get hasHandler(): boolean {
    return this.#handle !== undefined;
  }

  add(key: string): void {
    this.waiting.add(key);
    this.#startSoon();
  }

  setHandler(handle: Handle, concurrency: number): void {
    this.#handle = handle;
    this.#concurrency = concurrency;
    this.#stopped = false;
    this.#startSoon();
  }

  /** Starts no more handlers and waits for those that run. */
  async stop(): Promise<void> {
    this.#stopped = true;
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Resolves below the low-water mark. */
  drained(): Promise<void> {
    return (this.#drained ??= Promise.withResolvers<void>()).promise;
  }

  /** Deferred to a microtask: the caller of `enqueue` goes on first, and keys of one turn start together. */
  #startSoon(): void {
    if (this.#starting) return;
    this.#starting = true;
    queueMicrotask(() => {
      this.#starting = false;
      this.#start();
    });
  }

  #start(): void {
    for (const key of this.waiting) {
      if (this.#handle === undefined || this.#stopped || this.#running.size >= this.#concurrency) break;
      this.waiting.delete(key);
      const run = this.#attempt(this.#handle, key).finally(() => {
        this.#running.delete(run);
        this.#startSoon();
      });
      this.#running.add(run);
    }
    if (this.waiting.size >= lowWaterMark) return;
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  async #attempt(handle: Handle, key: string): Promise<void> {
    try {
      await handle(key);
    } catch (error) {
      this.#onError(key, error);
    }
  }
}
