import type { Terms } from './heard.ts';

/** Takes what comes at its own pace and gives it out in batches. */
export interface Queue<T> {
  put(item: T): void;
  /** There is room for more. */
  readonly room: boolean;
  /** No more comes; with an error where that is not in good order. */
  end(error?: Error): void;
  batches(terms: Pick<Terms, 'signal' | 'silenceMs' | 'sleep'>): AsyncGenerator<readonly T[]>;
}

class Silent extends Error {
  override readonly name = 'Silent';
}

const mostWaiting = 2000;
const mostInBatch = 500;
/** A page is a look at the ledger: what comes shortly after goes with it. */
const lingerMs = 200;

/** `onRoom` is called when there is room again. */
export function openQueue<T>(onRoom: () => void): Queue<T> {
  let waiting: T[] = [];
  let ended: { readonly error: Error | undefined } | undefined;
  let wake = Promise.withResolvers<void>();

  async function something({ signal, silenceMs, sleep }: Pick<Terms, 'signal' | 'silenceMs' | 'sleep'>): Promise<void> {
    const done = new AbortController();
    const stop = AbortSignal.any([signal, done.signal]);
    const silence = sleep(silenceMs, stop).then(() => {
      throw new Silent(`nothing came for ${silenceMs / 1000} s`);
    });
    try {
      await Promise.race([wake.promise, silence]);
    } finally {
      silence.catch(() => {});
      done.abort();
    }
  }

  return {
    put(item) {
      waiting.push(item);
      wake.resolve();
    },
    get room() {
      return waiting.length < mostWaiting;
    },
    end(error) {
      ended ??= { error };
      wake.resolve();
    },
    async *batches(terms) {
      while (!terms.signal.aborted) {
        if (waiting.length === 0) {
          if (ended?.error) throw ended.error;
          if (ended) return;
          wake = Promise.withResolvers();
          await something(terms);
          if (waiting.length < mostInBatch && ended === undefined) await terms.sleep(lingerMs, terms.signal);
          continue;
        }
        const batch = waiting.slice(0, mostInBatch);
        waiting = waiting.slice(mostInBatch);
        if (waiting.length < mostWaiting) onRoom();
        yield batch;
      }
    },
  };
}
