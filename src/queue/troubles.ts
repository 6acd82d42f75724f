import { messageOf } from '../core/errors.ts';

/** What a store's troubles are told to. `back` after `lost`, and not a word a minute more. */
export type TellStore = (event: { readonly kind: 'lost' | 'back'; readonly message: string }) => void;

export interface Troubles {
  readonly heard: (error: unknown) => void;
  /** So many rings will not be heard. */
  readonly dropped: (count: number) => void;
  readonly over: () => void;
}

/** A store that is gone fails at every turn: it is told once, again after a minute, and when it is over. */
export function openTroubles(tell: TellStore, everyMs = 60_000): Troubles {
  let lost = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  let dropped = 0;
  return {
    heard(error) {
      const now = performance.now();
      if (now - toldAt < everyMs) return;
      lost = true;
      toldAt = now;
      tell({ kind: 'lost', message: `${messageOf(error)}; due work is found by sweep` });
    },
    dropped(count) {
      dropped += count;
    },
    over() {
      if (lost) tell({ kind: 'back', message: `Redis answers again; ${dropped} rings were dropped meanwhile` });
      lost = false;
      dropped = 0;
    },
  };
}
