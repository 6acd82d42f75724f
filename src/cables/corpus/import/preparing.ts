import type { PreparedItem } from './prepare.ts';
import type { Preparing } from './prepare-pool.ts';
import type { Item, Reading, Reject } from '../sources.ts';

/** An item that is ready to be written; its own bytes are gone. */
export type Ready = { readonly item: Item; readonly prepared: PreparedItem } | { readonly reject: Reject };

/** More bytes than these are not held at once, but for one item that is larger. */
const maxBytes = 32 * 1024 * 1024;

/** Prepares items side by side and hands them on in the order in which they were read, with some of them under way at any time. */
export async function* preparing(readings: AsyncIterable<Reading>, pool: Preparing): AsyncIterable<Ready> {
  const underWay: { readonly ready: Promise<Ready>; readonly bytes: number }[] = [];
  let bytes = 0;
  for await (const reading of readings) {
    const size = 'item' in reading ? reading.item.bytes.length : 0;
    underWay.push({ ready: readyOf(reading, pool), bytes: size });
    bytes += size;
    while (underWay.length > pool.width || (bytes > maxBytes && underWay.length > 1)) {
      const first = underWay.shift();
      if (first === undefined) break;
      bytes -= first.bytes;
      yield await first.ready;
    }
  }
  for (const { ready } of underWay) yield await ready;
}

function readyOf(reading: Reading, pool: Preparing): Promise<Ready> {
  if ('reject' in reading) return Promise.resolve(reading);
  const { item } = reading;
  const ready = pool.prepare(item).then((prepared) => ({ item, prepared }));
  // Its turn to be looked at comes later, perhaps never: meanwhile it is nobody's unhandled rejection.
  ready.catch(() => undefined);
  return ready;
}
