import { within } from '../core/async.ts';

export const timeoutMs = 1000;
/** Keys that may wait while a bulk is in flight. Further keys are dropped, so a store that hangs costs no memory. */
const maxWaiting = 10_000;
/** A bulk without an answer for this long no longer delays the next one. */
const stuckMs = 5000;

/** Sends keys in bulk, one bulk at a time, to a store that may be slow or down. A key added twice before its bulk leaves is sent once. */
export function openBulk(options: {
  send: (keys: readonly string[]) => Promise<void>;
  onDropped: (count: number, error?: unknown) => void;
}) {
  let filling: ReturnType<typeof newBatch> | undefined;
  let sending: typeof filling;

  async function send(): Promise<void> {
    while (filling !== undefined) {
      sending = filling;
      filling = undefined;
      try {
        const sent = await within(stuckMs, options.send([...sending.keys]));
        if (sent === 'late') options.onDropped(sending.keys.size, new Error(`no answer within ${stuckMs} ms`));
      } catch (error) {
        options.onDropped(sending.keys.size, error);
      }
      sending.end();
    }
    sending = undefined;
  }

  return {
    /** Resolves when the key is sent or dropped, after 1 s at the latest. */
    async add(key: string): Promise<void> {
      if (filling === undefined) {
        filling = newBatch();
        // At the end of the turn, so that thousands of keys added in one loop are one bulk.
        if (sending === undefined) setImmediate(() => void send().catch(() => {}));
      }
      if (filling.keys.size >= maxWaiting) return options.onDropped(1);
      filling.keys.add(key);
      await filling.over;
    },
    /** Resolves when no key is in flight, after 1 s at the latest. */
    async drained(): Promise<void> {
      await Promise.all([sending?.over, filling?.over]);
    },
  };
}

function newBatch() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { keys: new Set<string>(), over: within(timeoutMs, promise), end: resolve };
}
