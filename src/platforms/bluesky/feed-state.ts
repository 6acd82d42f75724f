import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cursor } from '../../core/post.ts';
import type { News } from './mentions.ts';

/** Posts that say they were written earlier than they were sent stand behind newer ones: so far back is looked again. */
const overlapMs = 60 * 60_000;
const mostRemembered = 1500;

const State = z.object({
  v: z.literal(1),
  did: z.string(),
  /** Up to here everything was read, in milliseconds since the epoch. */
  floor: z.number(),
  /** When the source was last asked. */
  lookedAt: z.number(),
  /** What stands at or above the floor and was delivered: a hash, and how long after the floor in seconds. */
  seen: z.array(z.tuple([z.string(), z.number()])),
});
type State = z.infer<typeof State>;

/** Undefined for another account's cursor, or none. */
export function readState(cursor: Cursor | undefined, did: string): State | undefined {
  if (cursor === undefined) return undefined;
  try {
    const state = State.parse(JSON.parse(cursor));
    return state.did === did ? state : undefined;
  } catch {
    return undefined;
  }
}

/** What was delivered so far, and from where on to look the next time. */
export function openMemory(did: string, state: State | undefined, floor: number, lookedAt: number) {
  const remembered = new Map((state?.seen ?? []).map(([hash, after]) => [hash, (state?.floor ?? 0) + after * 1000]));
  let low = floor;
  return {
    has: (news: News) => remembered.has(hashOf(news)),
    add(news: News): void {
      remembered.set(hashOf(news), news.at);
    },
    cursor(): Cursor {
      const kept = [...remembered].toSorted(([, one], [, other]) => other - one).slice(0, mostRemembered);
      const newest = kept[0]?.[1] ?? low;
      const oldestKept = remembered.size > mostRemembered ? (kept.at(-1)?.[1] ?? low) : low;
      low = Math.max(low, newest - overlapMs, oldestKept);
      const seen = kept
        .filter(([, at]) => at >= low)
        .map(([hash, at]): [string, number] => [hash, Math.floor((at - low) / 1000)]);
      return JSON.stringify({ v: 1, did, floor: low, lookedAt, seen } satisfies State);
    },
  };
}

function hashOf({ uri, raw }: News): string {
  const what = uri === '' ? (JSON.stringify(raw) ?? '') : uri;
  return createHash('sha256').update(what).digest('base64url').slice(0, 11);
}
