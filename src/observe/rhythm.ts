import { dayMs } from '../core/durations.ts';

/**
 * How often a feed delivers something new, as far as observed. Times are in milliseconds and count only while the bot observed the feed, so a
 * restart, a suspended machine or a changed clock is no silence.
 */
export interface Rhythm {
  /** Time of the last observation. */
  readonly observedAt: number;
  /** How many posts the feed had delivered by then. */
  readonly seen: number;
  /** Observed silence since the last new post. */
  readonly silentMs: number;
  /** Number of silences that ended. */
  readonly gaps: number;
  /** Sum of their lengths, and of their squares; old ones fade. */
  readonly sum: number;
  readonly squares: number;
  /** An alert was raised for this silence. */
  readonly alerted: boolean;
  /** Start of the day (UTC) of the last observation, and how many posts the feed had delivered by then. Left out: unknown. */
  readonly day?: { readonly from: number; readonly seen: number };
}

/** One observation of a feed, which has delivered `seen` posts so far. */
export interface Observation {
  readonly now: number;
  readonly seen: number;
}

/** A silence that begins or ends with an observation; `ms` is its length. */
export type Change = { readonly kind: 'silent' | 'back'; readonly ms: number; readonly usualMs: number };

/** A longer step between two observations does not count as observed. */
const maxStepMs = 10 * 60_000;
/** A gap that is this old counts e times less. */
const fadeMs = 14 * dayMs;
/** A rhythm is known after this many gaps over this much time. A first read delivers months within seconds, so gaps alone do not do. */
const minGaps = 8;
const minLearningMs = dayMs;
/** A silence raises an alert if it is this many times as long as usual, and at least this long. */
const alertFactor = 6;
const minAlertMs = 3_600_000;

/** Updates a rhythm by an observation. `before` undefined: the first observation. */
export function observe(before: Rhythm | undefined, { now, seen }: Observation): { rhythm: Rhythm; change?: Change } {
  const day = dayAt(before, now);
  if (before === undefined) {
    return { rhythm: { observedAt: now, seen, silentMs: 0, gaps: 0, sum: 0, squares: 0, alerted: false, day } };
  }
  const step = now - before.observedAt;
  const silentMs = before.silentMs + (step > 0 && step <= maxStepMs ? step : 0);
  const observed = { ...before, observedAt: now, seen, silentMs, day };
  const usualMs = usual(before);
  if (seen !== before.seen) {
    const rhythm = { ...observed, ...learned(before, silentMs), silentMs: 0, alerted: false };
    return before.alerted
      ? { rhythm, change: { kind: 'back', ms: silentMs, usualMs: usualMs ?? silentMs } }
      : { rhythm };
  }
  if (usualMs === undefined || before.alerted) return { rhythm: observed };
  if (silentMs <= Math.max(minAlertMs, alertFactor * usualMs)) return { rhythm: observed };
  return { rhythm: { ...observed, alerted: true }, change: { kind: 'silent', ms: silentMs, usualMs } };
}

/**
 * The usual length of a silence, in milliseconds: the expected gap at a random moment, which is the mean plus variance by mean. So a burst of
 * a hundred posts weighs as much as the minute it takes, and nights get their full weight. Undefined: not known yet.
 */
export function usual({ gaps, sum, squares }: Rhythm): number | undefined {
  return gaps >= minGaps && sum >= minLearningMs ? squares / sum : undefined;
}

/** For people: `nothing new for 7 h, where 40 min are usual`. */
export function inWords({ kind, ms, usualMs }: Change): string {
  return `${kind === 'silent' ? 'nothing new for' : 'something new again after'} ${span(ms)}, where ${span(usualMs)} are usual`;
}

/** How many posts the feed delivered today (UTC), as far as observed. */
export function seenToday(rhythm: Rhythm | undefined, { now, seen }: Observation): number {
  return seen - dayAt(rhythm, now).seen;
}

/** Posts between the last observation of a day and the first of the next count for the next. */
function dayAt(before: Rhythm | undefined, now: number): NonNullable<Rhythm['day']> {
  const from = now - (now % dayMs);
  if (before?.day?.from === from) return before.day;
  return { from, seen: before?.seen ?? 0 };
}

function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

function learned({ gaps, sum, squares }: Rhythm, gap: number) {
  const weight = Math.exp(-gap / fadeMs);
  return { gaps: gaps + 1, sum: sum * weight + gap, squares: squares * weight + gap * gap };
}
