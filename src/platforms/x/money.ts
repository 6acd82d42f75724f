import type { Clock } from '../../core/clock.ts';
import { dayMs } from '../../core/durations.ts';
import type { Caps } from '../../core/limits.ts';
import { PermanentError, RetryLater } from '../../core/errors.ts';
import type { Budget, Reservation } from '../platform.ts';
import type { Call, Client } from './client.ts';
import type { Prices } from './config.ts';
import { Identified, Posts } from './wire.ts';

/** The budget for paid calls, and their prices. */
export interface Money {
  readonly budget: Budget | undefined;
  readonly caps: Caps;
  readonly prices: Prices;
  /** Left out: every read counts. */
  readonly charged?: Charged;
}

/** What was charged today, as far as this process knows: by price and id. */
export type Charged = ReturnType<typeof openCharged>;

/** X’s clock and this one may differ by so much, which `doctor` checks: around midnight nothing counts as charged before. */
const skewMs = 2 * 60_000;
const maxCharged = 200_000;

/** X charges a resource once a day (UTC). `enabled: false`: each time. */
export function openCharged({ now }: Pick<Clock, 'now'>, enabled: boolean) {
  let known = { day: 0, ids: new Set<string>() };
  const certainDay = () => {
    const [early, late] = [now() - skewMs, now() + skewMs].map((time) => Math.floor(time / dayMs));
    return enabled && early === late ? early : undefined;
  };
  return {
    /** Call it before the request. Returns a function to call after it, which counts those of the ids that it was charged for. */
    begin() {
      const before = certainDay();
      return (price: number, ids: readonly (string | undefined)[]): number => {
        const day = certainDay();
        if (day === undefined || day !== before) return ids.length;
        if (known.day !== day || known.ids.size > maxCharged) known = { day, ids: new Set() };
        const fresh = ids.filter((id) => id === undefined || !known.ids.has(`${price} ${id}`));
        for (const id of fresh) if (id !== undefined) known.ids.add(`${price} ${id}`);
        return fresh.length;
      };
    },
  };
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
 * Reads posts: reserves before the call the most that they may cost, and settles after it at what X charges, which is nothing for a post or
 * user that it has charged today. A call that X refused is free; a call of unknown outcome costs the whole reservation. Errors: RetryLater while the budget
 * is used up; the call's own.
 */
export async function readPosts(
  { client, money }: Reader,
  { call, most, least = most, price, user }: PostsRequest,
  signal: AbortSignal,
): Promise<Posts> {
  const { reservation, count } = await reserveFor(most, least, money, price + user);
  const counted = money.charged?.begin() ?? ((_price: number, ids: readonly unknown[]) => ids.length);
  const { body } = await client.get(call(count), Posts, signal).catch(async (error: unknown) => {
    if (error instanceof RetryLater || error instanceof PermanentError) await reservation.settle(0);
    throw error;
  });
  const cost = counted(price, idsOf(body.data)) * price + counted(user, idsOf(body.includes.users)) * user;
  await reservation.settle(Math.min(count * (price + user), cost));
  return body;
}

/** Undefined: an id that cannot be read. */
export function idsOf(raw: readonly unknown[]): (string | undefined)[] {
  return raw.map((one) => Identified.safeParse(one).data?.id);
}

/** Makes a call that costs a fixed price. Errors: as `readPosts`. */
export async function paying(money: Money, price: number, call: () => Promise<void>): Promise<void> {
  const reservation = await reserve(money, price);
  try {
    await call();
  } catch (error) {
    if (error instanceof RetryLater || error instanceof PermanentError) await reservation.settle(0);
    throw error;
  }
  await reservation.settle(price);
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
 * Reserves money for a stream, `size` at a time: its posts are charged on arrival, at `price` at most. A block is renewed when half of it is spent.
 * When three quarters are, because the reader is late, the connection must end; the last quarter pays for posts that are still in flight then.
 * Errors of `renew`: RetryLater if the caps allow no new block; the stream must end then.
 */
export async function openPrepaidBlock(money: Omit<Money, 'prices'>, size: number, price: number) {
  const blockSize = Math.max(size, 6 * price);
  let reservation: Reservation | undefined = await reserve(money, blockSize);
  let spent = 0;
  const lasts = () => spent * 4 < blockSize * 3;
  /** Settles at the real cost, even above the reservation; of a connection that had to end, nobody knows what was in flight. */
  async function settle(): Promise<void> {
    const [old, cost] = [reservation, lasts() ? spent : Math.max(spent, blockSize)];
    [reservation, spent] = [undefined, 0];
    await old?.settle(cost);
  }
  return {
    /** Counts the cost of a post: X charges it whether or not anybody reads it. False: the connection must end. */
    arrived(cost: number): boolean {
      spent += cost;
      return lasts();
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
