import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BotPlan, Order, Report } from './plan.ts';

/** This long to end by itself, once it was told to stop. */
const timeoutMs = 15_000;

/** The bot's process. Its clock stands still from each report until the order that answers it. */
export function startBot(plan: BotPlan) {
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [JSON.stringify(plan)], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let last = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-2000)));
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    /** Errors: the bot has ended. */
    async next(): Promise<Report> {
      const ended = closed.then(([code]) => Promise.reject(new Error(`the bot ended with ${code}: ${last}`)));
      const [report] = (await Promise.race([once(child, 'message'), ended])) as [Report];
      return report;
    },
    order: (order: Order) => void child.send(order),
    /** Whether it ended well and by itself, as a process does that nothing keeps alive. */
    async end(): Promise<boolean> {
      const code = await Promise.race([
        closed.then(([exit]) => exit),
        delay(timeoutMs, 'late' as const, { ref: false }),
      ]);
      if (code === 'late') child.kill('SIGKILL');
      await closed;
      return code === 0;
    },
  };
}
