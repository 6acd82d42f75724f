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
 * for what is still on its way when there is no more. Errors of `spend`: RetryLater where the caps allow no new one; the stream must end then.
 */
export async function openTranche({ purse, caps, size, price }: Terms) {
  const most = Math.max(size, 2 * price);
  let reserved: Reserved | undefined = await reserve(purse, most, caps);
  let spent = 0;
  async function settle(): Promise<void> {
    const old = reserved;
    reserved = undefined;
    await old?.settle(Math.min(most, spent));
  }
  return {
    /** A post came. */
    async spend(): Promise<void> {
      spent += price;
      if (spent * 2 <= most) return;
      await settle();
      reserved = await reserve(purse, most, caps);
      spent = 0;
    },
    close: settle,
  };
}
