/** Limits on the replies of one account. `null`: no limit. */
export interface Limits {
  /** Replies a day (UTC); the surplus waits for the next day. */
  readonly perDay: number | null;
  /** Replies a day (UTC) to one author: to posts that address the bot (`summoned`), and to others. */
  readonly perAuthorPerDay: { readonly unsummoned: number | null; readonly summoned: number | null };
  /** Pause after a reply to an author, in milliseconds. It defers no reply to a post that addresses the bot, and no replacement of a reply. */
  readonly authorCooldownMs: number;
  /** Pause after a reply in a thread, in milliseconds. The same are exempt. */
  readonly threadCooldownMs: number;
  /** Replies in one thread; further ones are abandoned. */
  readonly perThread: number | null;
  /** Replies to one author in one thread, so that two bots do not talk to each other forever. */
  readonly perAuthorInThread: number | null;
  /** So many refusals in a row open the circuit breaker: nothing is sent for `cooldownMs`, then one reply tries. */
  readonly failureThreshold: number | null;
  readonly cooldownMs: number;
  /** What replies may cost. */
  readonly budget: Caps;
}

/** What paid calls of an account may cost by the calendar (UTC), in millionths of a dollar. `null`: no limit. */
export interface Caps {
  readonly perDay: number | null;
  readonly perMonth: number | null;
}

export const noCaps: Caps = { perDay: null, perMonth: null };

/** True where the account's spending is counted. */
export function isPaid({ budget }: Pick<Limits, 'budget'>): boolean {
  return budget.perMonth !== null || budget.perDay !== null;
}

/** For publishers that address nobody. */
export const noLimits: Limits = {
  perDay: null,
  perAuthorPerDay: { unsummoned: null, summoned: null },
  authorCooldownMs: 0,
  threadCooldownMs: 0,
  perThread: null,
  perAuthorInThread: null,
  failureThreshold: null,
  cooldownMs: 0,
  budget: noCaps,
};

const minute = 60_000;

/** Default of publishers that address people. */
export const courteousLimits: Limits = {
  perDay: 200,
  perAuthorPerDay: { unsummoned: 5, summoned: 20 },
  authorCooldownMs: 10 * minute,
  threadCooldownMs: minute,
  perThread: 5,
  perAuthorInThread: 3,
  failureThreshold: 5,
  cooldownMs: 60 * minute,
  budget: { perDay: null, perMonth: 0 },
};
