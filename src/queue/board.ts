import { Queue as Bells } from 'bullmq';
import { bells } from './queue.ts';
import { openWires } from './redis.ts';

/** The bells as BullMQ has them, to look at only. While Redis is gone every question fails at once. */
export function openBells({ url, prefix }: { url: string; prefix: string }) {
  const wires = openWires(url, { enableOfflineQueue: false, maxRetriesPerRequest: 0, socketTimeout: 2000 }, () => {});
  const queues = bells.map((bell) => {
    const queue = new Bells(bell, { connection: wires.client, prefix, skipVersionCheck: true, skipMetasUpdate: true });
    return queue.on('error', () => {});
  });
  return { queues, [Symbol.dispose]: () => wires.cut() };
}
