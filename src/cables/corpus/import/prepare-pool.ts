import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { PreparedItem } from './prepare.ts';
import type { Item, Reading, Reject } from '../sources.ts';

/** Items queued per thread, so that it does not wait. */
const itemsPerThread = 4;

/** A pool of threads that prepare items. */
export class PreparePool implements AsyncDisposable {
  readonly #threads: Thread[] = [];
  /** At least two, because the writer sometimes waits for the disk. Further threads start when the others are busy. */
  readonly #maxThreads = Math.max(2, availableParallelism() - 1);

  /** Number of items in flight that keeps all threads busy. */
  get width(): number {
    return this.#maxThreads * itemsPerThread;
  }

  prepare(item: Item): Promise<PreparedItem> {
    let idlest = this.#threads.toSorted((a, b) => a.waiting.length - b.waiting.length)[0];
    if (idlest === undefined || (idlest.waiting.length >= itemsPerThread && this.#threads.length < this.#maxThreads)) {
      this.#threads.push((idlest = new Thread()));
    }
    return idlest.prepare(item);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}

class Thread {
  // An item's objects are garbage immediately: a larger young generation would only take memory.
  readonly worker = new Worker(new URL('./prepare-worker.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  /** The thread answers in the order of its items. */
  readonly waiting: PromiseWithResolvers<PreparedItem>[] = [];

  constructor() {
    this.worker.on('message', (prepared: PreparedItem) => this.waiting.shift()?.resolve(prepared));
    this.worker.on('error', (error) => {
      for (const { reject } of this.waiting) reject(error);
    });
  }

  prepare(item: Item): Promise<PreparedItem> {
    const answer = Promise.withResolvers<PreparedItem>();
    this.waiting.push(answer);
    this.worker.postMessage(item, [item.bytes.buffer]);
    return answer.promise;
  }
}

/** An item ready to be written, without its own bytes. */
type Ready = { readonly item: Item; readonly prepared: PreparedItem } | { readonly reject: Reject };

/** Maximum of bytes in memory, except for a single larger item. */
const maxBytes = 32 * 1024 * 1024;

/** Prepares items in parallel and yields them in the order in which they were read. */
export async function* preparedInOrder(readings: AsyncIterable<Reading>, pool: PreparePool): AsyncIterable<Ready> {
  const underWay: { readonly ready: Promise<Ready>; readonly bytes: number }[] = [];
  let bytes = 0;
  for await (const reading of readings) {
    const size = 'item' in reading ? reading.item.bytes.length : 0;
    underWay.push({ ready: readyOf(reading, pool), bytes: size });
    bytes += size;
    while (underWay.length > pool.width || (bytes > maxBytes && underWay.length > 1)) {
      const first = underWay.shift();
      if (first === undefined) break;
      bytes -= first.bytes;
      yield await first.ready;
    }
  }
  for (const { ready } of underWay) yield await ready;
}

function readyOf(reading: Reading, pool: PreparePool): Promise<Ready> {
  if ('reject' in reading) return Promise.resolve(reading);
  const { item } = reading;
  const ready = pool.prepare(item).then((prepared) => ({ item, prepared }));
  // Awaited later, or never: must not count as an unhandled rejection meanwhile.
  ready.catch(() => undefined);
  return ready;
}
