import type { Caps } from '../../core/limits.ts';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Budget, Reservation } from '../platform.ts';
import type { Prices } from './config.ts';
import type { Posts } from './wire.ts';

/** Money for calls, and what they cost. */
export interface Money {
  readonly budget: Budget | undefined;
  readonly caps: Caps;
  readonly prices: Prices;
}

/** Within what the operator allows for the account anyway. */

/**
 * Makes a call that costs `most` at most: reserved before, settled after at what `costOf` says. A call that X refused is not charged; of
 * one whose end nobody knows, all that was reserved counts as spent. Errors: RetryLater until there is money again; the call's own.
 */
export async function paid<T>(
  { budget, caps }: Money,
  most: number,
  call: () => Promise<T>,
  costOf: (answer: T) => number,
): Promise<T> {
  const reserved = await reserve(budget, most, caps);
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

async function reserve(budget: Budget | undefined, most: number, caps: Caps) {
  if (budget === undefined) throw new Error('there is no ledger to count money in, so nothing is paid for');
  return await budget.reserve(most, caps);
}

/** What posts and the users beside them cost, whatever X gives for free because it was charged the same day already. */
export function costOfPosts({ data, includes }: Pick<Posts, 'data' | 'includes'>, price: number, user: number): number {
  return data.length * price + includes.users.length * user;
}

interface Terms {
  readonly budget: Budget | undefined;
  readonly caps: Caps;
  /** Set aside at a time. */
  readonly size: number;
  /** Of a post. */
  readonly price: number;
}

/**
 * Money for a stream, which charges without being asked. It is set aside before, and renewed when half of it is spent: the other half is
 * for what is still on its way when there is no more. Errors of `renew`: RetryLater where the caps allow no new one; the stream must end then.
 */
export async function openPrepaidBlock({ budget, caps, size, price }: Terms) {
  const most = Math.max(size, 2 * price);
  let reserved: Reservation | undefined = await reserve(budget, most, caps);
  let spent = 0;
  /** At what it cost, be that more than was set aside: a burst is not stopped in the middle. */
  async function settle(): Promise<void> {
    const [old, cost] = [reserved, spent];
    [reserved, spent] = [undefined, 0];
    await old?.settle(cost);
  }
  return {
    /** A post came, and is charged whether or not anybody reads it. */
    arrived(): void {
      spent += price;
    },
    async renew(): Promise<void> {
      if (spent * 2 <= most) return;
      // The old one stands meanwhile: what it holds is not free for others. What a burst cost beyond it must fit as well.
      const next = await reserve(budget, most + Math.max(0, spent - most), caps);
      await settle();
      reserved = next;
    },
    close: settle,
  };
}
