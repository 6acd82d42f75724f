/** What holds replies of one account back. `null`: no limit. */
export interface Limits {
  /** Replies a day (UTC); the surplus waits for the next day. */
  readonly perDay: number | null;
  /** After a reply to an author, in milliseconds. */
  readonly authorCooldownMs: number;
  /** After a reply in a thread, in milliseconds. */
  readonly threadCooldownMs: number;
  /** Replies in one thread; further ones are given up. */
  readonly perThread: number | null;
  /** Replies to one author in one thread: two bots must not talk to each other for ever. */
  readonly perAuthorInThread: number | null;
  /** So many refusals in a row open the circuit breaker: nothing is sent for `cooldownMs`, then one reply tries. */
  readonly failureThreshold: number | null;
  readonly cooldownMs: number;
  /** What replies may cost in a calendar month (UTC), in millionths of a dollar. */
  readonly budget: number | null;
  /** The same for a day (UTC). */
  readonly budgetPerDay: number | null;
}

/** What paid calls of an account may cost by the calendar (UTC), in millionths of a dollar. `null`: no limit. */
export interface Caps {
  readonly perDay: number | null;
  readonly perMonth: number | null;
}

export function capsOf({ budget, budgetPerDay }: Limits): Caps {
  return { perMonth: budget, perDay: budgetPerDay };
}

/** Whether what the account spends is counted. */
export function isPaid({ budget, budgetPerDay }: Limits): boolean {
  return budget !== null || budgetPerDay !== null;
}

/** For publishers that address nobody. */
export const noLimits: Limits = {
  perDay: null,
  authorCooldownMs: 0,
  threadCooldownMs: 0,
  perThread: null,
  perAuthorInThread: null,
  failureThreshold: null,
  cooldownMs: 0,
  budget: null,
  budgetPerDay: null,
};

const minute = 60_000;

/** For publishers that address people, where the operator says nothing else. */
export const courteousLimits: Limits = {
  perDay: 200,
  authorCooldownMs: 10 * minute,
  threadCooldownMs: minute,
  perThread: 5,
  perAuthorInThread: 3,
  failureThreshold: 5,
  cooldownMs: 60 * minute,
  budget: 0,
  budgetPerDay: null,
};
