/**
 * The places between two steps of a worker. The bot passes them without a thought; the proofs of test/faults kill it there. Each names
 * what has just happened.
 */
export const failpoints = [
  'poll: feed held',
  'poll: page read',
  'poll: page kept',
  'poll: enqueued',
  'resolve: post read',
  'resolve: composed',
  'resolve: decided',
  'resolve: enqueued',
  'respond: taken',
  'respond: published',
  'respond: ended',
  'settle: reply read',
  'settle: looked',
  'settle: settled',
  'settle: enqueued',
  'withdraw: reply read',
  'withdraw: withdrawn',
  'withdraw: ended',
  'follow: change kept',
  'follow: change decided',
  'follow: looked again',
  'digest: built',
  'digest: issued',
  'digest: taken',
  'digest: delivered',
  'digest: ended',
] as const;

export type Failpoint = (typeof failpoints)[number];
