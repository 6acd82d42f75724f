import { parentPort } from 'node:worker_threads';
import { messageOf } from '../../../core/errors.ts';
import { readItem } from '../formats/index.ts';
import { type PreparedItem, prepareCables } from './prepare.ts';
import type { Item } from '../sources.ts';

// A thread that prepares items: each message is an item, each answer its content.
parentPort?.on('message', (item: Item) => {
  const prepared = prepareOrReject(item);
  parentPort?.postMessage(prepared, [prepared.bytes.buffer]);
});

/** An item that fails becomes a reject and does not stop the others. */
function prepareOrReject(item: Item): PreparedItem {
  try {
    const { cables, rejects } = readItem(item);
    return prepareCables(cables, rejects);
  } catch (error) {
    const reason = `cannot be read as ${item.format}: ${messageOf(error)}`;
    const reject = { source: item.source, position: `byte ${item.offset}`, reason };
    return { cables: [], rejects: [reject], bytes: new Uint8Array(0) };
  }
}
