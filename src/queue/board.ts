import { Queue as BullQueue } from 'bullmq';
import { queueNames } from './queue.ts';
import { openRedisConnections } from './redis.ts';

/** The BullMQ queues, for reading only. While Redis is down every request fails at once. */
export function openBoardQueues({ url, prefix }: { url: string; prefix: string }) {
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0, socketTimeout: 2000 };
  const connections = openRedisConnections(url, options, () => {});
  const queues = queueNames.map((name) => {
    const queue = new BullQueue(name, {
      connection: connections.client,
      prefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    return queue.on('error', () => {});
  });
  return { queues, [Symbol.dispose]: () => connections.disconnect() };
}
