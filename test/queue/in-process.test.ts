import { describe, expect, test } from 'vitest';
import { openInProcessQueue } from '../../src/queue/in-process.ts';
import { queueContract } from '../contract/queue.ts';

describe('in-process bell', () => {
  queueContract(() => {
    const errors: unknown[] = [];
    return Promise.resolve({
      queue: openInProcessQueue({ onError: (_bell, _key, error) => errors.push(error) }),
      errors,
    });
  });

  test('makes a caller wait when thousands of rings are waiting, for a second at most', async () => {
    const queue = openInProcessQueue({ onError: () => {} });
    for (let i = 0; i < 2000; i += 1) await queue.ring('resolve', String(i));
    const before = performance.now();
    await queue.ring('resolve', 'one too many');
    expect(performance.now() - before).toBeGreaterThan(900);
    await queue[Symbol.asyncDispose]();
  });
});
