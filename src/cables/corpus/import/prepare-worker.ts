import { answerTasks } from '../../../core/thread.ts';
import { readItem } from '../formats/index.ts';
import { type PreparedItem, prepareCables, rejected } from './prepare.ts';
import type { Item } from '../sources.ts';

// A thread that prepares items.
answerTasks(prepareOrReject, ({ bytes }) => [bytes.buffer]);

/** An item that fails becomes a reject and does not stop the others. */
function prepareOrReject(item: Item): PreparedItem {
  try {
    const { cables, rejects } = readItem(item);
    return prepareCables(cables, rejects);
  } catch (error) {
    return rejected(item, error);
  }
}
