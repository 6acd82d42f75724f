import { describe, expect, test } from 'vitest';
import { Thread, ThreadError } from '../../src/core/thread.ts';
import type { Task } from './thread-tasks.ts';

function open({ deadlineMs = 60_000, maxHeapMb }: { deadlineMs?: number; maxHeapMb?: number } = {}) {
  const file = new URL('./thread-tasks.ts', import.meta.url);
  return new Thread<Task, string>(file, { deadlineMs, ...(maxHeapMb && { maxHeapMb }) });
}

describe('a thread', () => {
  test('answers its tasks in order, and fails only the task that throws', async () => {
    await using thread = open();
    const tasks: Task[] = [{ say: 'one' }, { fail: 'no' }, { say: 'two' }];
    const answers = await Promise.allSettled(tasks.map((task) => thread.run(task)));
    expect(answers).toMatchObject([{ value: 'one' }, { reason: { message: 'no' } }, { value: 'two' }]);
    expect(thread.size).toBe(0);
  });

  test('ends a task that never ends, while this loop goes on, and answers the tasks behind it', async () => {
    await using thread = open({ deadlineMs: 200 });
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    const [endless, behind] = [thread.run({ loop: true }), thread.run({ say: 'behind' })];
    await expect(endless).rejects.toThrow(new ThreadError('takes more than 0.2 s of CPU time'));
    expect(await behind).toBe('behind');
    clearInterval(turning);
    expect(turns).toBeGreaterThan(1);
  });

  test('ends a task that takes more memory than it may have', async () => {
    await using thread = open({ maxHeapMb: 32 });
    const [greedy, behind] = [thread.run({ fill: true }), thread.run({ say: 'behind' })];
    await expect(greedy).rejects.toThrow(/^ends in .*memory/);
    expect(await behind).toBe('behind');
  });

  test('that is disposed fails what waits, and starts again with the next task', async () => {
    const thread = open();
    const endless = thread.run({ loop: true });
    await Promise.all([expect(endless).rejects.toThrow('the thread was ended'), thread[Symbol.asyncDispose]()]);
    expect(await thread.run({ say: 'again' })).toBe('again');
    await thread[Symbol.asyncDispose]();
  });
});
