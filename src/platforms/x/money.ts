import type { Caps } from '../../core/limits.ts';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Budget, Reservation } from '../platform.ts';
import type { Call, Client } from './client.ts';
import type { Prices } from './config.ts';
import { Posts } from './wire.ts';

/** The budget for paid calls, and their prices. */
export interface Money {
  readonly budget: Budget | undefined;
  readonly caps: Caps;
  readonly prices: Prices;
}

/** By whom posts are read, and for what money. */
export interface Reader {
  readonly client: Client;
  readonly money: Money;
}

interface PostsRequest {
  /** The call for so many posts. */
  readonly call: (count: number) => Call;
  /** How many posts to request, and how few while the budget is short. Left out: no fewer. */
  readonly most: number;
  readonly least?: number;
  /** Prices of a post and of its author. */
  readonly price: number;
  readonly user: number;
}

/**
 * Reads posts: reserves before the call the most that they may cost, and settles after it at an upper bound, because X does not charge a post
 * twice on one day. A call that X refused is free; a call of unknown outcome costs the whole reservation. Errors: RetryLater while the budget
 * is used up; the call's own.
 */
export async function readPosts(
  { client, money }: Reader,
  { call, most, least = most, price, user }: PostsRequest,
  signal: AbortSignal,
): Promise<Posts> {
  const { reservation, count } = await reserveFor(most, least, money, price + user);
  const { body } = await client.get(call(count), Posts, signal).catch(async (error: unknown) => {
    if (error instanceof RetryLater || error instanceof PermanentError) await reservation.settle(0);
    throw error;
  });
  const cost = body.data.length * price + body.includes.users.length * user;
  await reservation.settle(Math.min(count * (price + user), cost));
  return body;
}

/** Reserves money for `most` posts, or for as many as there is money for, but `least`. */
async function reserveFor(most: number, least: number, money: Money, each: number) {
  for (let count = most; ; count = Math.max(least, Math.floor(count / 2))) {
    try {
      return { count, reservation: await reserve(money, count * each) };
    } catch (error) {
      if (!(error instanceof RetryLater) || count <= least) throw error;
    }
  }
}

async function reserve({ budget, caps }: Omit<Money, 'prices'>, cost: number): Promise<Reservation> {
  if (budget === undefined) throw new Error('paid calls need a ledger that counts what they cost');
  return await budget.reserve(cost, caps);
}

/**
 * Reserves money for a stream, `size` at a time: its posts are charged on arrival, at `price`. A block is renewed when half of it is spent: the
 * other half pays for posts that are still in flight when the budget is used up. Errors of `renew`: RetryLater if the caps allow no new block;
 * the stream must end then.
 */
export async function openPrepaidBlock(money: Omit<Money, 'prices'>, size: number, price: number) {
  const blockSize = Math.max(size, 2 * price);
  let reservation: Reservation | undefined = await reserve(money, blockSize);
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
      const next = await reserve(money, blockSize + Math.max(0, spent - blockSize));
      await settle();
      reservation = next;
    },
    close: settle,
  };
}
