import { dayMs, hourMs } from '../core/durations.ts';
import type { Observation } from './rhythm.ts';

/** How many posts a feed had delivered (`seen`) at the start of an hour. */
export interface HourStart {
  readonly from: number;
  readonly seen: number;
}

/** The hours of the last day with an observation, the current one last. Posts between two observations count for the hour of the second. */
export function hourStarts(before: readonly HourStart[], { now, seen }: Observation): readonly HourStart[] {
  const from = now - (now % hourMs);
  if (before.at(-1)?.from === from) return before;
  return [...before.filter((hour) => hour.from > from - dayMs && hour.from < from), { from, seen }];
}

/** How many posts a feed delivered in each hour, by its start; `seen`: by now. */
export function seenHourly(hours: readonly HourStart[], seen: number): ReadonlyMap<number, number> {
  return new Map(hours.map((hour, at) => [hour.from, (hours[at + 1]?.seen ?? seen) - hour.seen]));
}
