import type { Resolution } from '../core/citation.ts';
import { personKey, type Post } from '../core/post.ts';

/** What counts with a post: by the same author, in the same thread, about a cable that it cites too, or any. */
export const per = ['author', 'thread', 'cable', 'all'] as const;
export type Per = (typeof per)[number];

/** A window to count in. */
export interface Counter {
  readonly per: Per;
  /** Milliseconds before the post's arrival. */
  readonly within: number;
  /** No rule asks for more: counting may end there. */
  readonly most: number;
}

/** What was counted for a post, by `counterKey`. What is not there counts as none. */
export type Earlier = ReadonlyMap<string, number>;

export function counterKey({ per: whose, within }: Pick<Counter, 'per' | 'within'>): string {
  return `${whose} ${within}`;
}

/** Counts posts that pass by in the order of their arrival, for windows up to the longest of these. */
export function openWindows(counters: readonly Counter[]) {
  const arrivals = new Map<string, number[]>();
  const longest = Math.max(0, ...counters.map(({ within }) => within));

  function countSince(name: string, since: number): number {
    const times = arrivals.get(name) ?? [];
    const first = times.findIndex((at) => at > since);
    return first === -1 ? 0 : times.length - first;
  }

  return {
    /** Milliseconds before the first post of interest from which posts should pass by. */
    longest,
    /** What was counted before this post, which itself counts for those that follow. */
    pass(post: Post, resolutions: readonly Resolution[], at: number): Earlier {
      if (counters.length === 0) return new Map();
      const earlier = counters.map((counter) => {
        const counts = namesOf(counter.per, post, resolutions).map((name) => countSince(name, at - counter.within));
        return [counterKey(counter), Math.max(0, ...counts)] as const;
      });
      for (const whose of new Set(counters.map((counter) => counter.per))) {
        for (const name of namesOf(whose, post, resolutions)) {
          const times = (arrivals.get(name) ?? []).filter((time) => time > at - longest);
          arrivals.set(name, [...times, at]);
        }
      }
      return new Map(earlier);
    },
  };
}

function namesOf(whose: Per, { platform, author, thread }: Post, resolutions: readonly Resolution[]): string[] {
  if (whose === 'all') return ['all'];
  if (whose === 'author') return [`author ${personKey(platform, author.id)}`];
  if (whose === 'thread') return [`thread ${platform}:${thread}`];
  return [...new Set(resolutions.flatMap(({ referenceId }) => (referenceId === null ? [] : [`cable ${referenceId}`])))];
}
