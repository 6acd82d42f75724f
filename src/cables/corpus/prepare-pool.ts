import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { PreparedItem } from './prepare.ts';
import type { Item } from './sources.ts';

/** Threads that prepare items. */
export interface Preparing extends AsyncDisposable {
  /** Items that should be under way so that no thread waits. */
  readonly width: number;
  prepare(item: Item): Promise<PreparedItem>;
}

/** Two at least: the thread that writes waits for the disk at times. */
export function openPool(threads = Math.max(2, availableParallelism() - 1)): Preparing {
  const waiting = new Map<number, PromiseWithResolvers<PreparedItem>>();
  const workers = Array.from({ length: threads }, () => openWorker(waiting));
  let next = 0;
  return {
    width: threads * 4,
    prepare(item) {
      const id = next;
      next += 1;
      const answer = Promise.withResolvers<PreparedItem>();
      // Looked at in turn: that an earlier one fails must not make this one an unhandled rejection.
      answer.promise.catch(() => undefined);
      waiting.set(id, answer);
      const bytes = ownBytes(item.bytes);
      workers[id % threads]?.postMessage({ id, item: { ...item, bytes } }, [bytes.buffer]);
      return answer.promise;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function openWorker(waiting: Map<number, PromiseWithResolvers<PreparedItem>>): Worker {
  const worker = new Worker(new URL('./prepare-worker.ts', import.meta.url));
  worker.on('message', ({ id, prepared }: { id: number; prepared: PreparedItem }) => {
    waiting.get(id)?.resolve(prepared);
    waiting.delete(id);
  });
  worker.on('error', (error) => {
    for (const { reject } of waiting.values()) reject(error);
  });
  return worker;
}

/** Bytes that can be handed over: not a part of what others look at. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return whole ? new Uint8Array(buffer) : Uint8Array.from(bytes);
}
