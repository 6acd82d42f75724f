import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { PreparedItem } from './prepare.ts';
import type { Item, Reading, Reject } from '../sources.ts';

/** Threads that prepare items. */
export interface Preparing extends AsyncDisposable {
  /** Items that should be under way so that no thread waits. */
  readonly width: number;
  prepare(item: Item): Promise<PreparedItem>;
}

/** A thread has these at hand, so that it need not wait for the next. */
const itemsPerThread = 4;

/** Two threads at least, for the one that writes waits for the disk at times; a further one begins when those there are have enough to do. */
export function openPool(most = Math.max(2, availableParallelism() - 1)): Preparing {
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
  // What an item leaves behind is garbage at once: room for more of it is only memory.
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

/** Bytes that can be handed over: not a part of what others look at. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return whole ? new Uint8Array(buffer) : Uint8Array.from(bytes);
}

/** An item that is ready to be written; its own bytes are gone. */
type Ready = { readonly item: Item; readonly prepared: PreparedItem } | { readonly reject: Reject };

/** More bytes than these are not held at once, but for one item that is larger. */
const maxBytes = 32 * 1024 * 1024;

/** Prepares items side by side and hands them on in the order in which they were read, with some of them under way at any time. */
export async function* preparing(readings: AsyncIterable<Reading>, pool: Preparing): AsyncIterable<Ready> {
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

function readyOf(reading: Reading, pool: Preparing): Promise<Ready> {
  if ('reject' in reading) return Promise.resolve(reading);
  const { item } = reading;
  const ready = pool.prepare(item).then((prepared) => ({ item, prepared }));
  // Its turn to be looked at comes later, perhaps never: meanwhile it is nobody's unhandled rejection.
  ready.catch(() => undefined);
  return ready;
}
