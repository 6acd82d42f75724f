import { Queue as BullQueue } from 'bullmq';
import { queueNames } from './queue.ts';
import { openWires } from './redis.ts';

/** The bells as BullMQ has them, to look at only. While Redis is gone every question fails at once. */
export function openBoardQueues({ url, prefix }: { url: string; prefix: string }) {
  const wires = openWires(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, socketTimeout: 2000 }, () => {});
  const queues = queueNames.map((name) => {
    const queue = new BullQueue(name, {
      connection: wires.client,
      prefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    return queue.on('error', () => {});
  });
  return { queues, [Symbol.dispose]: () => wires.cut() };
}
