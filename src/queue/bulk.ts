import { within } from '../core/async.ts';

export const timeoutMs = 1000;
/** Keys that may wait while a bulk is in flight. Further keys are refused, so a store that hangs costs no memory. */
const maxWaiting = 10_000;
/** A bulk without an answer for this long no longer delays the next one. */
const stuckMs = 5000;

/** Sends keys in bulk, one bulk at a time, to a store that may be slow or down. A key added twice before its bulk leaves is sent once. */
export function openBulk(options: {
  send: (keys: readonly string[]) => Promise<void>;
  /** Gets each failure of the store, and an error for each bulk that is late. */
  onError: (error: unknown) => void;
}) {
  let filling: ReturnType<typeof newBatch> | undefined;
  let sending: typeof filling;

  async function send(): Promise<void> {
    while (filling !== undefined) {
      sending = filling;
      filling = undefined;
      try {
        const sent = await within(stuckMs, options.send([...sending.keys]));
        sending.end(sent !== 'late');
      } catch (error) {
        options.onError(error);
        sending.end(false);
      }
    }
    sending = undefined;
  }

  return {
    /** True once the store has the key; false if it refuses it or gives no answer within 1 s. After that it may still have it. */
    async add(key: string): Promise<boolean> {
      if (filling === undefined) {
        filling = newBatch(() => options.onError(new Error(`no answer within ${timeoutMs} ms`)));
        // At the end of the turn, so that thousands of keys added in one loop are one bulk.
        if (sending === undefined) setImmediate(() => void send().catch(() => {}));
      }
      if (filling.keys.size >= maxWaiting) return false;
      filling.keys.add(key);
      return await filling.taken;
    },
    /** Resolves when no key is in flight, after 1 s at the latest. */
    async drained(): Promise<void> {
      await Promise.all([sending?.taken, filling?.taken]);
    },
  };
}

function newBatch(onLate: () => void) {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const taken = within(timeoutMs, promise).then((answer) => {
    if (answer === 'late') onLate();
    return answer === true;
  });
  return { keys: new Set<string>(), taken, end: resolve };
}
