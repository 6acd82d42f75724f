import { setTimeout as delay } from 'node:timers/promises';
import { seeded } from '../make-posts.ts';
import type { Trouble } from './troubles.ts';

/** How often each kind of trouble really happened. */
export type Fired = Record<string, number>;

/**
 * Deals out troubles until the signal, and beyond it until each kind has happened once, or was tried thrice. The seed decides what follows what,
 * for how long, and on whom.
 */
export async function dealTroubles(
  troubles: readonly Trouble[],
  { seed, pauseMs, signal }: { seed: number; pauseMs: number; signal: AbortSignal },
): Promise<Fired> {
  const fired: Fired = Object.fromEntries(troubles.map(({ name }) => [name, 0]));
  const lanes = [...Map.groupBy(troubles, ({ lane }) => lane).values()];
  await Promise.all(lanes.map((lane, at) => dealLane(lane, seeded(seed * 31 + at), fired, { pauseMs, signal })));
  return fired;
}

const tries = 3;

async function dealLane(
  lane: readonly Trouble[],
  random: () => number,
  fired: Fired,
  { pauseMs, signal }: { pauseMs: number; signal: AbortSignal },
): Promise<void> {
  const isOver = () => signal.aborted && lane.every(({ name }) => (fired[name] ?? 0) > 0);
  for (let round = 0; !isOver() && !(signal.aborted && round >= tries); round += 1) {
    for (const { name, strike } of shuffled(lane, random)) {
      if (isOver()) return;
      await delay(pauseMs * (0.5 + random()));
      if (await strike(random)) fired[name] = (fired[name] ?? 0) + 1;
    }
  }
}

function shuffled<T>(things: readonly T[], random: () => number): T[] {
  return things
    .map((thing) => ({ thing, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ thing }) => thing);
}
