import { messageOf } from '../core/errors.ts';

/** What a store's troubles are told to. `back` after `lost`, and not a word a minute more. */
export type OnStore = (event: { readonly kind: 'lost' | 'back'; readonly message: string }) => void;

export interface StoreErrors {
  readonly onError: (error: unknown) => void;
  /** So many rings will not be heard. */
  readonly dropped: (count: number) => void;
  readonly over: () => void;
}

/** A store that is gone fails at every turn: it is told once, again after a minute, and when it is over. */
export function openStoreErrors(emit: OnStore, everyMs = 60_000): StoreErrors {
  let lost = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  let dropped = 0;
  return {
    onError(error) {
      const now = performance.now();
      if (now - toldAt < everyMs) return;
      lost = true;
      toldAt = now;
      emit({ kind: 'lost', message: `${messageOf(error)}; due work is found by sweep` });
    },
    dropped(count) {
      dropped += count;
    },
    over() {
      if (lost) emit({ kind: 'back', message: `Redis answers again; ${dropped} rings were dropped meanwhile` });
      lost = false;
      dropped = 0;
    },
  };
}
