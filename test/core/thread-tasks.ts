import { answerTasks } from '../../src/core/thread.ts';

export type Task =
  { readonly say: string } | { readonly fail: string } | { readonly loop: true } | { readonly fill: true };

// A thread that answers, fails, never ends, or takes all memory, as it is told.
answerTasks((task: Task): string => {
  if ('say' in task) return task.say;
  if ('fail' in task) throw new Error(task.fail);
  const kept: number[][] = [];
  for (let at = 0; ; at += 1) if ('fill' in task) kept.push(Array.from({ length: 10_000 }, () => at));
});
