import { setTimeout as delay } from 'node:timers/promises';
import { type QueueName, depthsOf, type Queue } from './queue.ts';

/** Rings that wait, per bell, before `enqueue` makes its caller wait too, or drops them where nobody hears. */
const crowd = 2000;
/** How many may still wait when callers go on. */
const roomy = 1500;
const timeoutMs = 1000;

/** The embedded bell: lives and dies with the process, bounded in what runs at once. */
export function openInProcessQueue(options: {
  onError: (name: QueueName, key: string, error: unknown) => void;
}): Queue {
  const lines = new Map<QueueName, Line>();
  let disposed = false;
  const line = (name: QueueName): Line => {
    let found = lines.get(name);
    if (found === undefined) lines.set(name, (found = openLine((key, error) => options.onError(name, key, error))));
    return found;
  };

  return {
    async enqueue(name, key) {
      if (disposed) return;
      const { waiting, add, hasHandler, room } = line(name);
      if (waiting.has(key) || (!hasHandler() && waiting.size >= crowd)) return;
      add(key);
      if (hasHandler() && waiting.size > crowd)
        await Promise.race([room(), delay(timeoutMs, undefined, { ref: false })]);
    },
    consume(name, { concurrency }, handle) {
      const { setHandler, stop } = line(name);
      setHandler(handle, concurrency);
      return { [Symbol.asyncDispose]: stop };
    },
    depths: () => Promise.resolve(depthsOf((name) => lines.get(name)?.waiting.size ?? 0)),
    async [Symbol.asyncDispose]() {
      disposed = true;
      for (const { waiting } of lines.values()) waiting.clear();
      await Promise.all([...lines.values()].map(({ stop }) => stop()));
    },
  };
}

interface Line {
  /** Keys whose handler has not started, the first to come first: a second ring for them adds nothing. */
  readonly waiting: ReadonlySet<string> & { clear(): void };
  add(this: void, key: string): void;
  setHandler(this: void, handle: Handle, concurrency: number): void;
  hasHandler(this: void): boolean;
  /** Starts no more handlers, and waits for those that run. */
  stop(this: void): Promise<void>;
  /** Resolves once there is room for more. */
  room(this: void): Promise<void>;
}

type Handle = (key: string) => Promise<void>;

function openLine(onError: (key: string, error: unknown) => void): Line {
  const waiting = new Set<string>();
  const running = new Set<Promise<void>>();
  let handle: Handle | undefined;
  let concurrency = 0;
  let stopped = false;
  let starting = false;
  let room: PromiseWithResolvers<void> | undefined;

  /** Not within `enqueue`: who rings goes on first, and all that ring in one turn are heard together. */
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
    if (waiting.size >= roomy) return;
    room?.resolve();
    room = undefined;
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
    room: () => (room ??= Promise.withResolvers<void>()).promise,
  };
}
