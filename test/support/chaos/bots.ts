import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BotPlan } from '../bot-child.ts';
import { childEnv } from '../child-env.ts';
import { words } from './words.ts';

/** Bot processes, each of which is started again whenever it ends, as a supervisor does it. */
export interface Bots extends AsyncDisposable {
  readonly count: number;
  /** Ends that nobody asked for of processes that were at work, each with its last words. */
  readonly falls: readonly string[];
  /** Resolves when this one is at work. */
  ready(at: number): Promise<void>;
  /** SIGKILL. True: it was alive, and that is what it died of. */
  kill(at: number): Promise<boolean>;
  /** SIGSTOP, and SIGCONT after `ms`. True: it really stood still all that time. */
  freeze(at: number, ms: number): Promise<boolean>;
  /** Its wall clock jumps. True: it said so. */
  shiftClock(at: number): Promise<boolean>;
  /** SIGTERM. Resolves with its exit code; null: it did not end within the 10 s that supervisors grant, and was killed. */
  stop(at: number): Promise<number | null>;
}

const child = fileURLToPath(new URL('../bot-child.ts', import.meta.url));
const restartMs = 300;
const graceMs = 10_000;

/** A process for each plan. */
export function startBots(plans: readonly BotPlan[], env: Readonly<Record<string, string>>): Bots {
  const falls: string[] = [];
  const ended = new AbortController();
  const bots = plans.map((plan) => startBot(plan, env));
  const watched = plans.map(async (plan, at) => {
    while (!ended.signal.aborted) {
      const bot = bots[at]!;
      const code = await bot.exited;
      if (bot.isReady() && !bot.asked()) falls.push(`exit ${code}: ${bot.lastWords()}`);
      if (!bot.asked()) await delay(restartMs);
      if (!ended.signal.aborted) bots[at] = startBot(plan, env);
    }
  });
  return {
    count: plans.length,
    falls,
    ready: (at) => bots[at]!.ready(),
    kill: (at) => bots[at]!.kill(),
    freeze: (at, ms) => bots[at]!.freeze(ms),
    shiftClock: (at) => bots[at]!.shiftClock(),
    stop: (at) => bots[at]!.stop(),
    async [Symbol.asyncDispose]() {
      ended.abort();
      await Promise.all(bots.map((bot) => bot.kill()));
      await Promise.all(watched);
    },
  };
}

function startBot(plan: BotPlan, env: Readonly<Record<string, string>>) {
  const process_ = spawn(process.execPath, [child, JSON.stringify(plan)], {
    env: { ...childEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const heard = hear(process_);
  const exited = new Promise<number | null>((resolve) => process_.once('close', resolve));
  const isAlive = () => process_.exitCode === null && process_.signalCode === null;
  let asked = false;
  return {
    exited,
    asked: () => asked,
    isReady: () => heard.out.includes(words.ready),
    lastWords: () => heard.err.slice(-500),
    ready: () => heard.until(words.ready, 1),
    async kill() {
      const wasAlive = isAlive();
      asked = true;
      process_.kill('SIGKILL');
      await exited;
      return wasAlive && process_.signalCode === 'SIGKILL';
    },
    async freeze(ms: number) {
      process_.kill('SIGSTOP');
      await delay(ms);
      const stood = isAlive() && isStopped(process_.pid!);
      process_.kill('SIGCONT');
      return stood;
    },
    async shiftClock() {
      if (!isAlive() || !heard.out.includes(words.ready)) return false;
      const times = heard.out.split(words.shifted).length;
      process_.kill('SIGUSR2');
      await Promise.race([heard.until(words.shifted, times), exited, delay(2000)]);
      return heard.out.split(words.shifted).length > times;
    },
    async stop() {
      asked = true;
      process_.kill('SIGTERM');
      const late = setTimeout(() => process_.kill('SIGKILL'), graceMs);
      const code = await exited;
      clearTimeout(late);
      return code;
    },
  };
}

/** What a process says, and a way to wait until it has said something so many times. */
function hear({ stdout, stderr }: ChildProcess) {
  const heard = { out: '', err: '' };
  const waiting = new Set<() => void>();
  stdout?.setEncoding('utf8').on('data', (text: string) => {
    heard.out += text;
    for (const look of waiting) look();
  });
  stderr?.setEncoding('utf8').on('data', (text: string) => (heard.err = (heard.err + text).slice(-4000)));
  return {
    get out() {
      return heard.out;
    },
    get err() {
      return heard.err;
    },
    until: (word: string, times: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (heard.out.split(word).length <= times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

function isStopped(pid: number): boolean {
  return /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
