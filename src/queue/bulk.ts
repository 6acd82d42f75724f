import { within } from '../core/async.ts';

/** Sends keys in bulk to a store that may be slow or down. */
export interface Bulk {
  /** Resolves when the key is sent or dropped, after 1 s at the latest. */
  add(key: string): Promise<void>;
  /** Resolves when no key is in flight, after 1 s at the latest. */
  drained(): Promise<void>;
}

export const timeoutMs = 1000;
/** Keys that may wait while a bulk is in flight. Further keys are dropped, so a store that hangs costs no memory. */
const maxWaiting = 10_000;

/** A bulk without an answer for this long no longer delays the next one. */
const stuckMs = 5000;

interface Batch {
  readonly keys: Set<string>;
  readonly over: Promise<unknown>;
  readonly end: () => void;
}

/** Sends one bulk at a time; a key that is added twice before its bulk leaves is sent once. */
export function openBulk(options: {
  send: (keys: readonly string[]) => Promise<void>;
  onDropped: (count: number, error?: unknown) => void;
}): Bulk {
  let filling: Batch | undefined;
  let sending: Batch | undefined;

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
    async add(key) {
      if (filling === undefined) {
        filling = newBatch();
        // At the end of the turn, so that thousands of keys added in one loop are one bulk.
        if (sending === undefined) setImmediate(() => void send());
      }
      if (filling.keys.size >= maxWaiting) {
        options.onDropped(1);
        return;
      }
      filling.keys.add(key);
      await filling.over;
    },
    async drained() {
      await Promise.all([sending?.over, filling?.over]);
    },
  };
}

function newBatch(): Batch {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { keys: new Set(), over: within(timeoutMs, promise), end: resolve };
}
