/** Semaphore: runs at most `permits` tasks at a time; the others wait in line. */
export function openSemaphore(permits: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async function withPermit<T>(task: () => Promise<T>): Promise<T> {
    if (running >= permits) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // A waiting task takes over the permit.
      if (next) next();
      else running -= 1;
    }
  };
}

/** Waits for work that cannot be aborted: an abort ends the wait, not the work. Errors: those of the work; the signal's reason when aborted. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
    // Nobody listens to it after an abort.
    work.catch(() => {});
  }
}

/** The result of a promise within `ms`, else `late`; a later rejection is ignored. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), ms);
  promise.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks once in a turn of the event loop, for what is cheap but not free, such as whether a file is there: hundreds of replies may ask in one. */
export function oncePerTurn<T>(ask: () => T): () => T {
  let known: { readonly answer: T } | undefined;
  return () => {
    if (known === undefined) {
      known = { answer: ask() };
      setImmediate(() => (known = undefined));
    }
    return known.answer;
  };
}

/** Queue between a sender that cannot wait, such as a socket, and its reader. It has no bound: the sender watches `size`. */
export class AsyncQueue<T> {
  readonly #items: T[] = [];
  #end: { readonly error: unknown } | undefined;
  #wake = Promise.withResolvers<void>();

  /** Number of waiting items. */
  get size(): number {
    return this.#items.length;
  }

  /** Adds an item; after `end` it is dropped. */
  push(item: T): void {
    if (this.#end === undefined) this.#items.push(item);
    this.#wake.resolve();
  }

  /** No more items follow: the reader gets the waiting ones, and then the error if there is one. Only the first call counts. */
  end(error?: unknown): void {
    this.#end ??= { error };
    this.#wake.resolve();
  }

  /** Waits for an item. False: the queue has ended, or the signal is aborted. Errors: that of `end`. */
  async ready(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (this.size > 0) return true;
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end !== undefined) return false;
      this.#wake = Promise.withResolvers();
      await unlessAborted(this.#wake.promise, signal).catch(() => {});
    }
    return false;
  }

  /** Takes the oldest items, without waiting. */
  take(most = Number.POSITIVE_INFINITY): T[] {
    return this.#items.splice(0, most);
  }

  /** The waiting items whenever there are any, at most so many at a time, until `ready` says false. Errors: that of `end`. */
  async *batches(signal: AbortSignal, most?: number): AsyncGenerator<T[]> {
    while (await this.ready(signal)) yield this.take(most);
  }
}

/** Map of at most `maxEntries`: a further one evicts the oldest. Setting a key again makes it the newest. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    super();
    this.#maxEntries = maxEntries;
  }

  override set(key: Key, value: Value): this {
    this.delete(key);
    for (const oldest of this.keys()) {
      if (this.size < this.#maxEntries) break;
      this.delete(oldest);
    }
    return super.set(key, value);
  }
}
