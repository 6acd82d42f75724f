import { setTimeout as delay } from 'node:timers/promises';
import { within } from './within.ts';

/** Keys on their way to a store that may be slow or gone. */
export interface Bulk {
  /** Resolves when the key is sent, or given up, at the latest after 1 s. */
  add(key: string): Promise<void>;
  /** Resolves when nothing is under way any more, at the latest after 1 s. */
  ended(): Promise<void>;
}

export const timeoutMs = 1000;
/** Keys that wait while a bulk is under way: what comes beyond is dropped, so a store without an answer costs no memory. */
const crowd = 10_000;

/** A bulk without an answer for so long must not hold up the next ones. */
const stuckMs = 5000;

interface Batch {
  readonly keys: Set<string>;
  readonly over: Promise<unknown>;
  end(): void;
}

/** Sends keys in bulk, one bulk at a time; a key that is added twice before its bulk leaves is sent once. */
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
        // At the end of the turn: thousands of rings in one loop are one bulk.
        if (sending === undefined) setImmediate(() => void send());
      }
      if (filling.keys.size >= crowd) {
        options.onDropped(1);
        return;
      }
      filling.keys.add(key);
      await filling.over;
    },
    async ended() {
      await Promise.all([sending?.over, filling?.over]);
    },
  };
}

function newBatch(): Batch {
  const { promise, resolve } = Promise.withResolvers<void>();
  const waiting = new AbortController();
  const tooLate = delay(timeoutMs, undefined, { signal: waiting.signal }).catch(() => {});
  return {
    keys: new Set(),
    over: Promise.race([promise, tooLate]),
    end() {
      waiting.abort();
      resolve();
    },
  };
}
