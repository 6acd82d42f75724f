import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pilcrow } from '../test/support/workplace.ts';
import type { Bench } from './figure.ts';

const settledMs = 30_000;

/** A first run as a newcomer has it: time to the first answer, memory half a minute later. */
export const bench: Bench = {
  async run() {
    const dir = mkdtempSync(join(tmpdir(), 'pilcrow-start-'));
    const began = performance.now();
    const bot = pilcrow(['run'], { env: { PILCROW_DATA: dir } });
    try {
      while (!bot.out.includes('→')) await delay(5);
      const firstMs = performance.now() - began;
      await delay(settledMs);
      const mb = residentMb(bot.child.pid ?? 0);
      return [
        {
          name: 'first answer after start',
          measured: `${Math.round(firstMs)} ms`,
          value: firstMs / 1000,
          target: '< 2 s',
          met: firstMs < 2000,
        },
        {
          name: 'memory 30 s after start',
          measured: `${Math.round(mb)} MB RSS`,
          value: mb,
          target: '< 150 MB',
          met: mb < 150,
        },
      ];
    } finally {
      bot.child.kill('SIGTERM');
      await bot.exited;
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}
