/** What comes in while nobody looks, up to a bound. */
export interface Inbox<T> {
  push(item: T): void;
  /** What waits is still handed over, then the error is thrown. */
  fail(error: unknown): void;
  /** All that waits, as soon as something does. Errors: that of `fail`, or the signal's reason. */
  batches(signal: AbortSignal): AsyncGenerator<readonly T[]>;
}

export function openInbox<T>(maxWaiting: number): Inbox<T> {
  let waiting: T[] = [];
  let failure: { readonly error: unknown } | undefined;
  let bell = Promise.withResolvers<void>();
  const inbox: Inbox<T> = {
    push(item) {
      if (waiting.length >= maxWaiting) inbox.fail(new Error('more comes in than can be read'));
      else waiting.push(item);
      bell.resolve();
    },
    fail(error) {
      failure ??= { error };
      bell.resolve();
    },
    async *batches(signal) {
      const stop = () => inbox.fail(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        for (;;) {
          signal.throwIfAborted();
          bell = Promise.withResolvers();
          const batch = waiting;
          waiting = [];
          if (batch.length > 0) yield batch;
          else if (failure) throw failure.error;
          else await bell.promise;
        }
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
  return inbox;
}
