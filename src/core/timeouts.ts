/** Timeouts in milliseconds. Proofs shorten them, so that an hour takes a second there. */
export interface Timeouts {
  /** Timeout of a request to a platform. */
  readonly requestMs: number;
  /** Lease of a reply that is being sent. Longer than a request, so that the reply of a live sender never counts as unknown. */
  readonly sendingLeaseMs: number;
  /** Grace period on a shared ledger: rows due more recently are assumed to be in another process's hands. */
  readonly gracePeriodMs: number;
  /** Lease of a feed; renewed at a third of it. */
  readonly feedLeaseMs: number;
  /** Wait before the first lookup of an unknown reply: the platform may show a post late. */
  readonly firstLookupMs: number;
  /** Waits between lookups of an unknown reply; after the last one its outcome stays unknown for good. */
  readonly lookupDelaysMs: readonly number[];
  /** Wait before the next lookup when the platform does not answer. */
  readonly unreachableRetryMs: number;
  /** Safety margin before the end of a platform's promise to drop repeats: requests take time, clocks differ, "one hour" is vague. */
  readonly marginMs: number;
  /** Wait before a withdrawn reply is checked again: a repeat that was in flight has arrived by then. */
  readonly recheckMs: number;
  /** Maximum time for reading the posts of a downtime before the digest of a day is issued. */
  readonly catchUpMs: number;
  /** Minimum time between two messages of a channel about posts or alerts: a flood of posts is no flood of messages. */
  readonly betweenNoticesMs: number;
  /** Backoff between attempts to withdraw a reply. */
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
  betweenNoticesMs: 5 * 60_000,
  withdrawal: { firstMs: 10_000, maxMs: 60 * 60_000 },
};
