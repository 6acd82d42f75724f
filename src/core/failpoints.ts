/**
 * The places between two steps of a worker. The bot passes them without a thought; the proofs of test/faults kill it there. Each names
 * what has just happened.
 */
export const failpoints = [
  'poll: feed claimed',
  'poll: page read',
  'poll: page ingested',
  'poll: enqueued',
  'resolve: post read',
  'resolve: composed',
  'resolve: decided',
  'resolve: enqueued',
  'respond: claimed',
  'respond: published',
  'respond: ended',
  'reconcile: reply read',
  'reconcile: looked up',
  'reconcile: reconciled',
  'reconcile: enqueued',
  'withdraw: reply read',
  'withdraw: withdrawn',
  'withdraw: ended',
  'follow: change ingested',
  'follow: change decided',
  'follow: rechecked',
  'digest: built',
  'digest: issued',
  'digest: claimed',
  'digest: delivered',
  'digest: ended',
] as const;

export type Failpoint = (typeof failpoints)[number];
