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
