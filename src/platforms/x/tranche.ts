import type { Caps } from '../../core/brakes.ts';
import type { Purse, Reserved } from '../platform.ts';
import { reserve } from './money.ts';

interface Terms {
  readonly purse: Purse | undefined;
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
export async function openTranche({ purse, caps, size, price }: Terms) {
  const most = Math.max(size, 2 * price);
  let reserved: Reserved | undefined = await reserve(purse, most, caps);
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
      const next = await reserve(purse, most + Math.max(0, spent - most), caps);
      await settle();
      reserved = next;
    },
    close: settle,
  };
}
