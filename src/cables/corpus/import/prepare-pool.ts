import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { PreparedItem } from './prepare.ts';
import type { Item, Reading, Reject } from '../sources.ts';

/** A pool of threads that prepare items. */
export interface PreparePool extends AsyncDisposable {
  /** Number of items in flight that keeps all threads busy. */
  readonly width: number;
  prepare(item: Item): Promise<PreparedItem>;
}

/** Items queued per thread, so that it does not wait. */
const itemsPerThread = 4;

/** At least two threads, because the writer sometimes waits for the disk. Further threads start when the others are busy. */
export function openPool(most = Math.max(2, availableParallelism() - 1)): PreparePool {
  const threads: Thread[] = [];
  return {
    width: most * itemsPerThread,
    prepare(item) {
      let idlest = threads.toSorted((a, b) => a.waiting.size - b.waiting.size)[0];
      if (idlest === undefined || (idlest.waiting.size >= itemsPerThread && threads.length < most)) {
        threads.push((idlest = openThread()));
      }
      return idlest.prepare(item);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<PreparedItem>>;
  prepare(item: Item): Promise<PreparedItem>;
}

function openThread(): Thread {
  // An item's objects are garbage immediately: a larger young generation would only take memory.
  const resourceLimits = { maxYoungGenerationSizeMb: 16 };
  const worker = new Worker(new URL('./prepare-worker.ts', import.meta.url), { resourceLimits });
  const waiting = new Map<number, PromiseWithResolvers<PreparedItem>>();
  let next = 0;
  worker.on('message', ({ id, prepared }: { id: number; prepared: PreparedItem }) => {
    waiting.get(id)?.resolve(prepared);
    waiting.delete(id);
  });
  worker.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error);
  });
  return {
    worker,
    waiting,
    prepare(item) {
      const bytes = ownBytes(item.bytes);
      const answer = Promise.withResolvers<PreparedItem>();
      waiting.set(next, answer);
      worker.postMessage({ id: next, item: { ...item, bytes } }, [bytes.buffer]);
      next += 1;
      return answer.promise;
    },
  };
}

/** Bytes in a buffer of their own, which can be transferred. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return whole ? new Uint8Array(buffer) : Uint8Array.from(bytes);
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
