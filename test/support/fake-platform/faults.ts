import { seeded } from '../make-posts.ts';
import type { CallKind, FakePlatformOptions, Fault } from './options.ts';

/** Deals faults to calls, and random numbers with them. */
interface Fate {
  readonly fault: Fault | null;
  /** The call's own stream of numbers in [0, 1). */
  readonly random: () => number;
}

/**
 * What befalls a call: first the script of its kind, in order of arrival, then the shares. Those depend on the seed, the kind, the key and
 * on how often this key was called, so that concurrency does not change them.
 */
export function dealer({ seed = 1, shares = [], script = {} }: Omit<FakePlatformOptions, 'file' | 'repeat'>) {
  const arrived = new Map<string, number>();
  const count = (name: string): number => {
    const before = arrived.get(name) ?? 0;
    arrived.set(name, before + 1);
    return before;
  };
  const drawn = (kind: CallKind, random: () => number): Fault | null => {
    let mark = random();
    for (const { fault, share, on = ['publish'] } of shares) {
      if (!on.includes(kind)) continue;
      if (mark < share) return fault;
      mark -= share;
    }
    return null;
  };
  return (kind: CallKind, key: string): Fate => {
    const random = seeded(hash(`${seed} ${kind} ${count(`${kind} ${key}`)} ${key}`));
    const scripted = script[kind]?.[count(kind)];
    const fault = scripted === undefined ? drawn(kind, random) : scripted === 'ok' ? null : scripted;
    return { fault, random };
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
