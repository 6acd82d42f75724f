import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openSemaphore, unlessAborted } from '../../src/core/async.ts';

describe('unlessAborted', () => {
  const never = new Promise<never>(() => {});

  test('gives the result of the work, or its error', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
  });

  test('rejects with the reason when aborted, although the work goes on', async () => {
    const stop = new AbortController();
    const waiting = unlessAborted(never, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });

  test('rejects at once where the abort came before, even if the work is done', async () => {
    const aborted = AbortSignal.abort(new Error('too late'));
    await expect(unlessAborted(Promise.resolve(1), aborted)).rejects.toThrow('too late');
  });
});

test('a semaphore never runs more tasks than it has permits, and a failed task gives its permit back', async () => {
  const withPermit = openSemaphore(2);
  let running = 0;
  let most = 0;
  const task = (fails: boolean) => async () => {
    running += 1;
    most = Math.max(most, running);
    await delay(1);
    running -= 1;
    if (fails) throw new Error('failed');
  };
  const results = await Promise.allSettled([0, 1, 2, 3, 4, 5].map((i) => withPermit(task(i % 2 === 0))));
  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(3);
});
