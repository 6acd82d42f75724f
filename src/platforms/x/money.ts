import type { Caps } from '../../core/limits.ts';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Budget, Reservation } from '../platform.ts';
import type { Prices } from './config.ts';
import type { Posts } from './wire.ts';

/** The budget for paid calls, and their prices. */
export interface Money {
  readonly budget: Budget | undefined;
  readonly caps: Caps;
  readonly prices: Prices;
}

/**
 * Makes a paid call: reserves `maxCost` before it, and settles at `costOf` after it. A call that X refused is free; a call of unknown outcome
 * costs the whole reservation. Errors: RetryLater while the budget is used up; the call's own.
 */
export async function paid<T>(
  { budget, caps }: Money,
  maxCost: number,
  call: () => Promise<T>,
  costOf: (answer: T) => number,
): Promise<T> {
  const reservation = await reserve(budget, maxCost, caps);
  let answer: T;
  try {
    answer = await call();
  } catch (error) {
    if (error instanceof RetryLater || error instanceof PermanentError) await reservation.settle(0);
    throw error;
  }
  await reservation.settle(Math.min(maxCost, costOf(answer)));
  return answer;
}

async function reserve(budget: Budget | undefined, cost: number, caps: Caps) {
  if (budget === undefined) throw new Error('paid calls need a ledger that counts what they cost');
  return await budget.reserve(cost, caps);
}

/** What posts and their users cost. An upper bound: X does not charge a post twice on one day. */
export function costOfPosts({ data, includes }: Pick<Posts, 'data' | 'includes'>, price: number, user: number): number {
  return data.length * price + includes.users.length * user;
}

interface PrepaidBlockOptions {
  readonly budget: Budget | undefined;
  readonly caps: Caps;
  /** What one block reserves. */
  readonly size: number;
  /** The price of a post. */
  readonly price: number;
}

/**
 * Reserves money for a stream, whose posts are charged on arrival. A block is renewed when half of it is spent: the other half pays for posts
 * that are still in flight when the budget is used up. Errors of `renew`: RetryLater if the caps allow no new block; the stream must end then.
 */
export async function openPrepaidBlock({ budget, caps, size, price }: PrepaidBlockOptions) {
  const blockSize = Math.max(size, 2 * price);
  let reservation: Reservation | undefined = await reserve(budget, blockSize, caps);
  let spent = 0;
  /** Settles at the real cost, even above the reservation: a burst is not stopped in the middle. */
  async function settle(): Promise<void> {
    const [old, cost] = [reservation, spent];
    [reservation, spent] = [undefined, 0];
    await old?.settle(cost);
  }
  return {
    /** Counts a post: X charges it whether or not anybody reads it. */
    arrived(): void {
      spent += price;
    },
    async renew(): Promise<void> {
      if (spent * 2 <= blockSize) return;
      // Reserve before settling, so that nobody else takes the old block's money, and cover what a burst cost beyond it.
      const next = await reserve(budget, blockSize + Math.max(0, spent - blockSize), caps);
      await settle();
      reservation = next;
    },
    close: settle,
  };
}
