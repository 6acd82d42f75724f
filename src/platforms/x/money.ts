import type { Caps } from '../../core/brakes.ts';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Purse } from '../platform.ts';
import type { Prices } from './config.ts';
import type { Posts } from './wire.ts';

/** Money for calls, and what they cost. */
export interface Money {
  readonly purse: Purse | undefined;
  readonly caps: Caps;
  readonly prices: Prices;
}

/** Within what the operator allows for the account anyway. */
export const noCaps: Caps = { perDay: null, perMonth: null };

/**
 * Makes a call that costs `most` at most: reserved before, settled after at what `costOf` says. A call that X refused is not charged; of
 * one whose end nobody knows, all that was reserved counts as spent. Errors: RetryLater until there is money again; the call's own.
 */
export async function paid<T>(
  { purse, caps }: Money,
  most: number,
  call: () => Promise<T>,
  costOf: (answer: T) => number,
): Promise<T> {
  const reserved = await reserve(purse, most, caps);
  let answer: T;
  try {
    answer = await call();
  } catch (error) {
    if (error instanceof RetryLater || error instanceof PermanentError) await reserved.settle(0);
    throw error;
  }
  await reserved.settle(Math.min(most, costOf(answer)));
  return answer;
}

export async function reserve(purse: Purse | undefined, most: number, caps: Caps) {
  if (purse === undefined) throw new Error('there is no ledger to count money in, so nothing is paid for');
  return await purse.reserve(most, caps);
}

/** What posts and the users beside them cost, whatever X gives for free because it was charged the same day already. */
export function costOfPosts({ data, includes }: Pick<Posts, 'data' | 'includes'>, price: number, user: number): number {
  return data.length * price + includes.users.length * user;
}
