import { setTimeout as delay } from 'node:timers/promises';
import type { FaultShare } from '../fake-platform/options.ts';
import { faults } from '../fake-platform/options.ts';
import { dealTroubles } from './deal.ts';
import { type RunOptions, type RunResult, runUnder } from './run.ts';
import { fullDiskName, troublesOf } from './troubles.ts';

/** What the platform does to calls all the while. */
const roughPlatform: readonly FaultShare[] = [
  ...faults.filter((fault) => fault !== 'down').map((fault) => ({ fault, share: 0.03 })),
  { fault: 'down', share: 0.01 },
  { fault: '5xx before', share: 0.1, on: ['find'] },
  { fault: 'limited', share: 0.05, on: ['find'] },
];

/** Replies after which the trouble begins. */
const underWay = 20;

/** Every kind of trouble, dealt out by the seed, `pauseMs` apart in each lane. */
export async function runChaos(
  options: Omit<RunOptions, 'shares' | 'script'> & { readonly pauseMs: number },
): Promise<RunResult> {
  const { pauseMs, seed } = options;
  return await runUnder(
    { ...options, shares: roughPlatform, script: faults },
    async ({ servers, bots, platform, written }) => {
      // Trouble is to meet work under way.
      while (platform.state.replies.size < underWay && !written.aborted) await delay(20);
      return await dealTroubles(troublesOf(servers, bots), { seed, pauseMs, signal: written });
    },
  );
}

/** Kinds of trouble that did not happen. */
export function missing({ fired }: Pick<RunResult, 'fired'>): string[] {
  const kinds = [...faults, fullDiskName, ...Object.keys(fired)];
  return [...new Set(kinds)].filter((kind) => (fired[kind] ?? 0) === 0);
}
