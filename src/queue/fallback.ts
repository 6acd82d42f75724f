import { openSemaphore } from '../core/async.ts';
import type { Queue, QueueName } from './queue.ts';

/** A store of wake-ups that processes share, such as a Redis. It may refuse, hang or vanish at any time. */
export interface Store extends Omit<Queue, 'enqueue' | 'enqueueHere' | 'shared'> {
  /** False: it has just refused a key or lost its connection, here or where keys are fetched. */
  works(): boolean;
  /** True once it has the key; false if it refuses it or gives no answer within 1 s. */
  enqueue(name: QueueName, key: string): Promise<boolean>;
}

/** A queue that has brought a key this recently is not silent. */
const silentMs = 10_000;

/**
 * One queue of a store and the in-process queue; handlers get the keys of both. Nothing is lost while the store fails, in whichever way:
 *
 * - It does not take a key (not connected, an error, no answer within 1 s): the key goes to the handlers of this process.
 * - It does not work: `shared` is false, so every process sweeps the ledger for the queues that it consumes, whoever else is to do it.
 * - It takes keys and does not give them back, which no producer can see (no permission to fetch, a dead connection): `sweepHere` passes
 *   what is still due to `enqueueHere`, in every process.
 *
 * In none of these is the store asked for help. A key may come twice then, which the claims of the ledger make harmless. Polls never use
 * the store: whose feed it is, the leases of the ledger say.
 */
export function openFallbackQueue(own: Queue, store: Store): Queue {
  const consumed = new Set<QueueName>(['poll']);
  const broughtAt = new Map<QueueName, number>();
  const ownEnqueue = async (name: QueueName, key: string) => {
    if (consumed.has(name)) await own.enqueue(name, key);
  };
  return {
    get shared() {
      return store.works();
    },
    async enqueue(name, key) {
      if (name === 'poll') return await own.enqueue(name, key);
      const taken = store.enqueue(name, key);
      // Nobody waits for a store that fails, but it may still serve other processes.
      if (!store.works() || !(await taken)) await ownEnqueue(name, key);
    },
    async enqueueHere(name, key) {
      if (performance.now() - (broughtAt.get(name) ?? Number.NEGATIVE_INFINITY) > silentMs) await ownEnqueue(name, key);
    },
    consume(name, options, handle) {
      consumed.add(name);
      if (name === 'poll') return own.consume(name, options, handle);
      const withPermit = openSemaphore(options.concurrency);
      let ended = false;
      // What waits here at the end stays due in the ledger.
      const permitted = (key: string) => withPermit(async () => void (ended || (await handle(key))));
      const here = own.consume(name, options, permitted);
      const there = store.consume(name, options, (key) => {
        broughtAt.set(name, performance.now());
        return permitted(key);
      });
      return {
        async [Symbol.asyncDispose]() {
          ended = true;
          consumed.delete(name);
          await Promise.all([here[Symbol.asyncDispose](), there[Symbol.asyncDispose]()]);
        },
      };
    },
    async depths() {
      const here = await own.depths();
      return store.works() ? { ...(await store.depths()), poll: here.poll } : here;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([own[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
    },
  };
}
