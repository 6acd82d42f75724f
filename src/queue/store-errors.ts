import { messageOf } from '../core/errors.ts';

/** Reports the state of a store: `lost`, at most once a minute, then `back`. */
export type OnStore = (event: { readonly kind: 'lost' | 'back'; readonly message: string }) => void;

export interface StoreErrors {
  readonly onError: (error: unknown) => void;
  /** Wake-ups that no handler will see. */
  readonly dropped: (count: number) => void;
  readonly over: () => void;
}

/** A store that is down fails every call: this reports it once, again after a minute, and when it is over. */
export function openStoreErrors(emit: OnStore, everyMs = 60_000): StoreErrors {
  let lost = false;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let dropped = 0;
  return {
    onError(error) {
      const now = performance.now();
      if (now - reportedAt < everyMs) return;
      lost = true;
      reportedAt = now;
      emit({ kind: 'lost', message: `${messageOf(error)}; sweep finds due work` });
    },
    dropped(count) {
      dropped += count;
    },
    over() {
      if (lost) emit({ kind: 'back', message: `Redis is back; ${dropped} wake-ups were dropped meanwhile` });
      lost = false;
      dropped = 0;
    },
  };
}
