// A process that only consumes a BullMQ queue until its parent sends a message; argument: the URL. It ends by itself if nothing keeps it alive.
import { once } from 'node:events';
import { openBullStore } from '../../src/queue/bullmq.ts';
import { queueNames } from '../../src/queue/queue.ts';

const store = await openBullStore({ url: process.argv[2]!, prefix: 'test', onError: () => {}, onStore: () => {} });
for (const name of queueNames) store.consume(name, { concurrency: 4 }, () => Promise.resolve());
process.send!('open');
await once(process, 'message');
await store[Symbol.asyncDispose]();
process.disconnect();
