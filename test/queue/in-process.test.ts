import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { openInProcessQueue } from '../../src/queue/in-process.ts';
import { queueContract } from '../contract/queue.ts';
import { wait } from '../support/wait.ts';

describe('in-process queue', () => {
  queueContract(() => {
    const errors: unknown[] = [];
    return Promise.resolve({
      queue: openInProcessQueue({ onError: (_name, _key, error) => errors.push(error) }),
      errors,
    });
  });

  test('merges two wake-ups while neither has started', async () => {
    const queue = openInProcessQueue({ onError: () => {} });
    const handled: string[] = [];
    for (const key of ['twice', 'twice', 'last']) await queue.enqueue('resolve', key);
    queue.consume('resolve', { concurrency: 1 }, (key) => Promise.resolve(void handled.push(key)));
    await vi.waitFor(() => expect(handled).toEqual(['twice', 'last']), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('makes a caller wait above the high-water mark, but not forever', async () => {
    const queue = openInProcessQueue({ onError: () => {} });
    const gate = Promise.withResolvers<void>();
    queue.consume('resolve', { concurrency: 1 }, () => gate.promise);
    for (let i = 0; i < 2001; i += 1) await queue.enqueue('resolve', String(i));
    let isEnqueued = false;
    const enqueue = queue.enqueue('resolve', 'one too many').then(() => (isEnqueued = true));
    await immediate();
    expect(isEnqueued).toBe(false);
    // It ends though the gate stays shut.
    await enqueue;
    gate.resolve();
    await queue[Symbol.asyncDispose]();
  });

  test('drops keys above the high-water mark at once when there is no consumer', async () => {
    const queue = openInProcessQueue({ onError: () => {} });
    for (let i = 0; i < 5000; i += 1) await queue.enqueue('resolve', String(i));
    expect(await queue.depths()).toMatchObject({ resolve: 2000 });
    await queue[Symbol.asyncDispose]();
  });
});
