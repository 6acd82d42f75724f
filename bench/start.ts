import { mkdirSync, mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writePackage } from '../prove/package/write.ts';
import { pilcrow } from '../test/support/workplace.ts';
import type { Bench, Figure } from './figure.ts';

const settledMs = 30_000;

/** A run in an empty folder, as a newcomer has it: time to the first answer, memory half a minute later. The code has been compiled before. */
export const bench: Bench = {
  async run() {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'pilcrow-start-'));
    await writePackage(join(folder.path, 'package'));
    const places = { package: join(folder.path, 'package'), checkout: new URL('..', import.meta.url).pathname };
    const figures: Figure[] = [];
    for (const [place, path] of Object.entries(places)) {
      const program = join(path, 'bin/pilcrow.js');
      await started(program, join(folder.path, `${place}-bot-first`), 0);
      const { firstMs, mb } = await started(program, join(folder.path, `${place}-bot`), settledMs);
      const isHeld = place === 'package';
      figures.push(
        {
          name: `first answer after start, of the ${place}`,
          measured: `${Math.round(firstMs)} ms`,
          value: firstMs / 1000,
          target: isHeld ? '<= 1.5 s' : 'no limit',
          met: !isHeld || firstMs <= 1500,
        },
        {
          name: `memory 30 s after start, of the ${place}`,
          measured: `${Math.round(mb)} MB RSS`,
          value: mb,
          target: isHeld ? '<= 150 MB' : 'no limit',
          met: !isHeld || mb <= 150,
        },
      );
    }
    return figures;
  },
};

async function started(program: string, cwd: string, waitMs: number): Promise<{ firstMs: number; mb: number }> {
  mkdirSync(cwd);
  const began = performance.now();
  const bot = pilcrow(['run'], { program, cwd, env: { PILCROW_DATA: join(cwd, 'data') } });
  try {
    while (!bot.out.includes('→')) await delay(5);
    const firstMs = performance.now() - began;
    await delay(waitMs);
    return { firstMs, mb: residentMb(bot.child.pid ?? 0) };
  } finally {
    bot.child.kill('SIGTERM');
    await bot.exited;
  }
}

function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}
