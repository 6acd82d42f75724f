/** How long the bot waits for what, in milliseconds. Proofs shorten it, so that what takes an hour in the world takes a second there. */
export interface Timeouts {
  /** A request to a platform: it answers within this time or not at all. */
  readonly requestMs: number;
  /** Lease of a reply that is being sent: outlives a request, so that a live sender's reply never counts as unknown. */
  readonly sendingLeaseMs: number;
  /** What has been due for less than this on a shared ledger, somebody has rung for and is at work on. */
  readonly gracePeriodMs: number;
  /** Lease of a feed; renewed at a third of it. */
  readonly feedLeaseMs: number;
  /** How long after an unclear outcome the platform is first asked: it may show a post late. */
  readonly firstLookupMs: number;
  /** Between one look for a reply and the next; after the last look its outcome stays unknown for good. */
  readonly lookupDelaysMs: readonly number[];
  /** Where there is nobody to ask, the question stays open and is asked again after this. */
  readonly unreachableRetryMs: number;
  /** Taken off a platform's promise to drop repeats: a request takes its time, clocks differ, and so do readings of "one hour". */
  readonly marginMs: number;
  /** When a withdrawn reply is looked for once more: a repeat that was on its way has landed by then. */
  readonly recheckMs: number;
  /** What was written while nothing ran is read first, for so long, before a day is told of. */
  readonly catchUpMs: number;
  /** Pauses between tries to take a reply back. */
  readonly withdrawal: { readonly firstMs: number; readonly maxMs: number };
}

export const timeouts: Timeouts = {
  requestMs: 60_000,
  sendingLeaseMs: 120_000,
  gracePeriodMs: 5000,
  feedLeaseMs: 60_000,
  firstLookupMs: 5000,
  lookupDelaysMs: [10_000, 60_000, 5 * 60_000, 15 * 60_000],
  unreachableRetryMs: 10 * 60_000,
  marginMs: 120_000,
  recheckMs: 120_000,
  catchUpMs: 60_000,
  withdrawal: { firstMs: 10_000, maxMs: 60 * 60_000 },
};
