import { getEventListeners } from 'node:events';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AsyncQueue, BoundedMap, oncePerTurn, openSemaphore, unlessAborted, within } from '../../src/core/async.ts';

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

test('a wait ends with the result or the error of the work, or as late, and a later error is nobody’s', async () => {
  expect(await within(60_000, Promise.resolve(1))).toBe(1);
  await expect(within(60_000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  const work = Promise.withResolvers<never>();
  expect(await within(1, work.promise)).toBe('late');
  work.reject(new Error('nobody listens'));
  await delay(1);
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

test('what is asked once in a turn is asked again in the next, and a fault is not remembered', async () => {
  let asked = 0;
  const ask = oncePerTurn(() => {
    asked += 1;
    if (asked === 1) throw new Error('the disk');
    return asked;
  });
  expect(ask).toThrow('the disk');
  expect([ask(), ask()]).toEqual([2, 2]);
  await Promise.resolve();
  expect(ask()).toBe(2);
  await turn();
  expect(ask()).toBe(3);
});

describe('a queue', () => {
  const { signal: never } = new AbortController();

  /** Reads to the end, and how it ended. */
  async function readAll(batches: AsyncIterable<readonly number[]>) {
    const read = { items: [] as number[], sizes: [] as number[], error: undefined as unknown };
    try {
      for await (const batch of batches) {
        read.items.push(...batch);
        read.sizes.push(batch.length);
      }
    } catch (error) {
      read.error = error;
    }
    return read;
  }

  test('hands every item over once and in order, then its end, however sender and reader take turns', async () => {
    const steps = fc.array(fc.constantFrom('push', 'turn'), { maxLength: 60 });
    const fault = fc.constantFrom(undefined, new Error('lost'));
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 7 }), fault, async (before, most, error) => {
        const queue = new AsyncQueue<number>();
        const reading = readAll(queue.batches(never, most));
        let sent = 0;
        for (const step of before) {
          if (step === 'push') queue.push(sent++);
          else await turn();
        }
        queue.end(error);
        queue.push(-1);
        queue.end(new Error('a second end'));
        const read = await reading;
        expect(read.items).toEqual(Array.from({ length: sent }, (_, index) => index));
        expect(read.error).toBe(error);
        expect(Math.max(0, ...read.sizes)).toBeLessThanOrEqual(most);
        expect(read.sizes).not.toContain(0);
        expect(queue.size).toBe(0);
      }),
    );
  });

  test('sends its waiting reader away when aborted, and keeps what comes later for the next', async () => {
    const queue = new AsyncQueue<number>();
    const stop = new AbortController();
    const reading = readAll(queue.batches(stop.signal));
    queue.push(1);
    await turn();
    stop.abort(new Error('stopped'));
    expect(await reading).toMatchObject({ items: [1], error: undefined });
    queue.push(2);
    expect(await readAll(queue.batches(stop.signal))).toMatchObject({ items: [], error: undefined });
    queue.end();
    expect(await readAll(queue.batches(never))).toMatchObject({ items: [2], error: undefined });
  });

  test('keeps the rest for the next reader if one leaves early, and no listener of it', async () => {
    const queue = new AsyncQueue<number>();
    const { signal } = new AbortController();
    for (const item of [1, 2, 3]) queue.push(item);
    for await (const batch of queue.batches(signal, 1)) {
      expect(batch).toEqual([1]);
      break;
    }
    const waiting = queue.batches(signal);
    expect((await waiting.next()).value).toEqual([2, 3]);
    const next = waiting.next();
    await turn();
    queue.push(4);
    expect((await next).value).toEqual([4]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

test('a bounded map evicts its oldest entry for a new one, and setting a key again makes it the newest', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2).set('a', 3).set('c', 4);
  expect([...map]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});

test('a bounded map that is full keeps its other entries when a known key is set', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2).set('b', 3);
  expect(map.size).toBe(2);
});
