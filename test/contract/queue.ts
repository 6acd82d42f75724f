import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Queue } from '../../src/queue/queue.ts';
import { wait } from '../support/wait.ts';

/** The contract of every queue. `errors` collects what handlers threw. */
export function queueContract(open: () => Promise<{ queue: Queue; errors: unknown[] }>): void {
  async function setUp(concurrency = 2) {
    const { queue, errors } = await open();
    const handled: string[] = [];
    const gate = Promise.withResolvers<void>();
    const consume = (handle?: (key: string) => Promise<void>) =>
      queue.consume('resolve', { concurrency }, async (key) => {
        handled.push(key);
        await handle?.(key);
      });
    return { queue, errors, handled, gate, consume };
  }

  test('a wake-up starts a handler for its key', async () => {
    const { queue, handled, consume } = await setUp();
    consume();
    await queue.enqueue('resolve', 'file:1');
    await vi.waitFor(() => expect(handled).toEqual(['file:1']), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('a wake-up before there is a consumer is handled once there is one', async () => {
    const { queue, handled, consume } = await setUp();
    await queue.enqueue('resolve', 'early');
    consume();
    await vi.waitFor(() => expect(handled).toEqual(['early']), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('two wake-ups before a start are handled at least once', async () => {
    const { queue, handled, consume } = await setUp();
    await queue.enqueue('resolve', 'twice');
    await queue.enqueue('resolve', 'twice');
    await queue.enqueue('resolve', 'last');
    consume();
    await vi.waitFor(() => expect(handled).toContain('last'), wait);
    expect(handled.filter((key) => key === 'twice').length).toBeGreaterThan(0);
    await queue[Symbol.asyncDispose]();
  });

  test('a wake-up while the handler of that key runs starts another one', async () => {
    const { queue, handled, gate, consume } = await setUp();
    consume((key) => (handled.length === 1 && key === 'a' ? gate.promise : Promise.resolve()));
    await queue.enqueue('resolve', 'a');
    await vi.waitFor(() => expect(handled).toHaveLength(1), wait);
    await queue.enqueue('resolve', 'a');
    gate.resolve();
    await vi.waitFor(() => expect(handled).toEqual(['a', 'a']), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('a wake-up after the handler failed starts another one, and the failure is reported', async () => {
    const { queue, errors, handled, consume } = await setUp();
    consume(() => (handled.length === 1 ? Promise.reject(new Error('broken')) : Promise.resolve()));
    await queue.enqueue('resolve', 'a');
    await vi.waitFor(() => expect(errors).toHaveLength(1), wait);
    await queue.enqueue('resolve', 'a');
    await vi.waitFor(() => expect(handled).toEqual(['a', 'a']), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('a wake-up after the handler ended starts another one', async () => {
    const { queue, handled, consume } = await setUp();
    consume();
    await queue.enqueue('resolve', 'a');
    await vi.waitFor(() => expect(handled).toHaveLength(1), wait);
    await queue.enqueue('resolve', 'a');
    await vi.waitFor(() => expect(handled).toHaveLength(2), wait);
    await queue[Symbol.asyncDispose]();
  });

  test.each(['x:1:2', '42', '', 'ключ 🔑', '__proto__'])('the key %j arrives unchanged', async (key) => {
    const { queue, handled, consume } = await setUp();
    consume();
    await queue.enqueue('resolve', key);
    await vi.waitFor(() => expect(handled).toEqual([key]), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('a consumer gets only the keys of its own queue', async () => {
    const { queue, handled, consume } = await setUp();
    consume();
    await queue.enqueue('respond', 'other');
    await queue.enqueue('resolve', 'mine');
    await vi.waitFor(() => expect(handled).toEqual(['mine']), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('no more handlers run at once than the concurrency allows', async () => {
    const { queue, handled, consume } = await setUp(3);
    let running = 0;
    let most = 0;
    consume(async () => {
      most = Math.max(most, (running += 1));
      await delay(2);
      running -= 1;
    });
    await Promise.all(Array.from({ length: 20 }, (_, i) => queue.enqueue('resolve', String(i))));
    await vi.waitFor(() => expect(handled).toHaveLength(20), wait);
    expect(most).toBe(3);
    await queue[Symbol.asyncDispose]();
  });

  test('a thousand wake-ups in one turn are all handled', async () => {
    const { queue, handled, consume } = await setUp(50);
    consume();
    const keys = Array.from({ length: 1000 }, (_, i) => `file:${i}`);
    await Promise.all(keys.map((key) => queue.enqueue('resolve', key)));
    await vi.waitFor(() => expect(new Set(handled)).toEqual(new Set(keys)), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('depths count the waiting wake-ups of each queue', async () => {
    const { queue, handled, consume } = await setUp();
    for (const key of ['a', 'b', 'c']) await queue.enqueue('resolve', key);
    await queue.enqueue('reconcile', 'd');
    const none = { poll: 0, respond: 0, replace: 0, withdraw: 0, notify: 0, digest: 0, links: 0, verify: 0 };
    expect(await queue.depths()).toEqual({ ...none, resolve: 3, reconcile: 1 });
    consume();
    await vi.waitFor(() => expect(handled).toHaveLength(3), wait);
    await vi.waitFor(async () => expect(await queue.depths()).toMatchObject({ resolve: 0, reconcile: 1 }), wait);
    await queue[Symbol.asyncDispose]();
  });

  test('disposing a consumer waits for what runs and starts nothing more', async () => {
    const { queue, handled, gate, consume } = await setUp(1);
    let ended = false;
    const consumer = consume(async () => {
      await gate.promise;
      ended = true;
    });
    await queue.enqueue('resolve', 'running');
    await queue.enqueue('resolve', 'waiting');
    await vi.waitFor(() => expect(handled).toEqual(['running']), wait);
    const disposed = consumer[Symbol.asyncDispose]();
    gate.resolve();
    await disposed;
    expect(ended).toBe(true);
    expect(handled).toEqual(['running']);
    await queue[Symbol.asyncDispose]();
  });

  test('disposing the queue while a handler runs waits for it', async () => {
    const { queue, handled, gate, consume } = await setUp(1);
    let ended = false;
    consume(async () => {
      await gate.promise;
      ended = true;
    });
    await queue.enqueue('resolve', 'running');
    await vi.waitFor(() => expect(handled).toEqual(['running']), wait);
    const disposed = queue[Symbol.asyncDispose]();
    gate.resolve();
    await disposed;
    expect(ended).toBe(true);
  });

  test('enqueue never throws, not even after disposal', async () => {
    const { queue } = await setUp();
    await queue[Symbol.asyncDispose]();
    await queue.enqueue('resolve', 'late');
  });
}
