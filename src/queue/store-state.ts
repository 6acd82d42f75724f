import { messageOf, networkFault } from '../core/errors.ts';

/** Reports the state of the store: `lost`, at most once a minute, then `back`. */
export type OnStore = (event: { readonly kind: 'lost' | 'back'; readonly message: string }) => void;

/** After trouble a store has to work for this long before it is trusted again. Longer than the time between two probes. */
const calmMs = 5000;
const remindMs = 60_000;

/** What each refusal of Redis means, and its remedy; the first word of its answer is the key. */
const refusals: Readonly<Record<string, string>> = {
  OOM: 'its memory is full: raise its `maxmemory`, or make room',
  READONLY: 'it is a replica: `queue.redis.url` must name the primary',
  NOPERM:
    'its user may not do that: BullMQ needs all commands but administration (`ACL SETUSER … +@all -@admin`) on the keys of `queue.redis.prefix`',
  NOAUTH: 'it asks for a password: put it into `queue.redis.url`',
  WRONGPASS: 'its password is another one: correct `queue.redis.url`',
  CROSSSLOT: 'it is a cluster, and BullMQ needs a Redis that is none',
  MOVED: 'it is a cluster, and BullMQ needs a Redis that is none',
  CLUSTERDOWN: 'it is a cluster, and BullMQ needs a Redis that is none',
  MISCONF: 'it cannot write to its disk: make room there',
  LOADING: 'it is still loading its data: it is used when it is ready',
};

/** An error of Redis in words, with the remedy where one is known. */
export function refusalOf(error: unknown): string {
  const message = messageOf(error);
  // BullMQ and Lua put words before the code, and ioredis a colon behind it.
  const code = Object.keys(refusals).find((word) => new RegExp(String.raw`\b${word}\b`).test(message));
  if (code === undefined) return networkFault(error) ?? message;
  return `${refusals[code]} (${message})`;
}

/** Watches a store that may refuse, hang or vanish: this reports trouble once, again after a minute, and when it is over. */
export function openStoreState(emit: OnStore) {
  let troubleAt = Number.NEGATIVE_INFINITY;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let lost = false;
  const isCalm = () => performance.now() - troubleAt > calmMs;
  return {
    isCalm,
    onError: (error: unknown) => {
      const now = performance.now();
      troubleAt = now;
      if (now - reportedAt < remindMs) return;
      lost = true;
      reportedAt = now;
      const message = `${refusalOf(error)}; until it works again, each process finds its own due work in the ledger`;
      emit({ kind: 'lost', message });
    },
    /** Call it when the store has just taken a key. */
    onTaken: () => {
      if (!lost || !isCalm()) return;
      lost = false;
      reportedAt = Number.NEGATIVE_INFINITY;
      emit({ kind: 'back', message: 'Redis takes wake-ups again' });
    },
  };
}

export type StoreState = ReturnType<typeof openStoreState>;
