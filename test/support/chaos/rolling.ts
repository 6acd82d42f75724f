import { type RunOptions, type RunResult, runUnder } from './run.ts';

export interface RollingResult extends RunResult {
  /** Exit codes of the processes, each of which was asked to stop; null: it took more than 10 s. */
  readonly exits: readonly (number | null)[];
}

/** Each process is stopped and replaced, one after the other, round after round as long as posts flow. */
export async function runRolling(options: Omit<RunOptions, 'shares' | 'script'>): Promise<RollingResult> {
  const exits: (number | null)[] = [];
  const result = await runUnder({ ...options, shares: [], script: [] }, async ({ bots, written }) => {
    do {
      for (let at = 0; at < bots.count; at += 1) {
        exits.push(await bots.stop(at));
        await bots.ready(at);
      }
    } while (!written.aborted);
    return { 'process replaced': exits.length };
  });
  return { ...result, exits };
}
