import { type Failpoint, failpoints } from '../../../src/core/failpoints.ts';
import type { Repeat } from '../../../src/platforms/platform.ts';
import { type Store, stores, withoutRedis } from './stores.ts';

/** One kill: at which failpoint, on which stores, with which kind of publisher. */
export interface KillCase {
  readonly store: Store;
  readonly failpoint: Failpoint;
  readonly repeat: NamedRepeat;
  readonly seed: number;
  /** How long the bot stays dead. */
  readonly downMs: number;
  /** After the kill the ledger is backed up, the bot goes on and is killed again, and the backup is restored. */
  readonly restores?: boolean;
}

export interface NamedRepeat {
  readonly name: string;
  readonly kind: Repeat;
}

const forgetsAfterMs = 3000;

const repeats: readonly NamedRepeat[] = [
  { name: 'harmless', kind: 'harmless' },
  { name: 'harmless for a time', kind: { harmlessForMs: forgetsAfterMs } },
  { name: 'doubling', kind: 'doubles' },
];

/** Every point of every store with every kind of publisher, for each seed. */
export function allCases(seeds: readonly number[]): KillCase[] {
  return seeds.flatMap((seed) =>
    stores.flatMap((store) =>
      failpoints.flatMap((failpoint) =>
        repeats.map((repeat) => ({ store, failpoint, repeat, seed, downMs: downMsOf(repeat, seed) })),
      ),
    ),
  );
}

/** The points on the way of a reply, each with a restore. Only the embedded ledger has one of its own. */
export function restoreCases(seeds: readonly number[]): KillCase[] {
  return casesOfReplies(seeds).map((kill) => ({ ...kill, restores: true }));
}

/** The points on the way of a reply, publishers in turn, while Redis is configured and does not answer. */
export function fallbackCases(seeds: readonly number[]): KillCase[] {
  return casesOfReplies(seeds)
    .filter((_, at) => at % repeats.length === Math.floor(at / repeats.length) % repeats.length)
    .map((kill) => ({ ...kill, store: withoutRedis }));
}

function casesOfReplies(seeds: readonly number[]): KillCase[] {
  const workers = ['poll', 'resolve', 'respond', 'reconcile'];
  return allCases(seeds).filter(
    ({ store, failpoint }) => store === stores[0] && workers.includes(failpoint.split(':')[0] ?? ''),
  );
}

/** Every point once, stores and publishers in turn. */
export function sampleCases(seed: number): KillCase[] {
  return allCases([seed]).filter(({ store, failpoint, repeat }) => {
    const turn = failpoints.indexOf(failpoint) + seed;
    // Both change from one point to the next, not in step, and any four neighbours have all of both.
    const round = Math.floor(failpoints.indexOf(failpoint) / repeats.length);
    return store === stores[turn % stores.length] && repeat === repeats[(turn - round) % repeats.length];
  });
}

/** What a kill that did no harm comes to, beside how it got there. */
export const unharmed = { fired: true, lost: [], doubled: [], false: [], breaches: 0 };

export function nameOf({ store, failpoint, repeat, seed, restores }: KillCase): string {
  return `${store.name}, ${repeat.name}, seed ${seed}, ${failpoint}${restores ? ', then a restore' : ''}`;
}

/** For every other seed, a platform that forgets keys has forgotten them when the bot comes back. */
function downMsOf({ kind }: NamedRepeat, seed: number): number {
  return typeof kind === 'object' && seed % 2 === 0 ? kind.harmlessForMs : 0;
}
