import { availableParallelism } from 'node:os';
import { Thread, ThreadError } from '../../../core/thread.ts';
import { type PreparedItem, rejected } from './prepare.ts';
import type { Item, Reading, Reject } from '../sources.ts';

/** Items queued per thread, so that it does not wait: an item is a megabyte of a dump, and one that is prepared takes more. */
const itemsPerThread = 2;
/** Long enough for the largest document on a busy machine; an item that takes longer becomes a reject. */
const deadlineMs = 120_000;

/** A pool of threads that prepare items. */
export class PreparePool implements AsyncDisposable {
  readonly #threads: Thread<Item, PreparedItem>[] = [];
  /** At least two, because the writer sometimes waits for the disk. Further threads start when the others are busy. */
  readonly #maxThreads = Math.max(2, availableParallelism() - 1);

  /** Number of items in flight that keeps all threads busy. */
  get width(): number {
    return this.#maxThreads * itemsPerThread;
  }

  async prepare(item: Item): Promise<PreparedItem> {
    let idlest = this.#threads.toSorted((a, b) => a.size - b.size)[0];
    if (idlest === undefined || (idlest.size >= itemsPerThread && this.#threads.length < this.#maxThreads)) {
      this.#threads.push((idlest = new Thread(new URL('./prepare-worker.ts', import.meta.url), { deadlineMs })));
    }
    try {
      return await idlest.run(item);
    } catch (error) {
      if (!(error instanceof ThreadError)) throw error;
      return rejected(item, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread[Symbol.asyncDispose]()));
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
