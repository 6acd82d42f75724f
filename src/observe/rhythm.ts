/**
 * What is known of how often a feed brings something new. Times are milliseconds and count only while somebody watched, so a restart, a
 * suspended machine or a moved clock is no silence.
 */
export interface Rhythm {
  /** When it was last looked at. */
  readonly watchedAt: number;
  /** How many posts the feed had brought by then. */
  readonly seen: number;
  /** Watched silence since something new came. */
  readonly silentMs: number;
  /** Silences that ended. */
  readonly gaps: number;
  /** Sum of their lengths, and of the squares, the old ones fading. */
  readonly sum: number;
  readonly squares: number;
  /** This silence was told of. */
  readonly alarmed: boolean;
  /** The day (UTC) of the last look, by its beginning, and how many posts the feed had brought when it began. Left out: not known yet. */
  readonly day?: { readonly from: number; readonly seen: number };
}

/** A look at a feed: it has brought `seen` posts so far. */
export interface Look {
  readonly now: number;
  readonly seen: number;
}

/** What there is to tell after a look; `ms` is how long it was or is silent. */
export type Change = { readonly kind: 'silent' | 'back'; readonly ms: number; readonly usualMs: number };

/** Looks further apart than this were not watching. */
const longestStepMs = 10 * 60_000;
/** A gap of so long ago counts e times less. */
const fadeMs = 14 * 24 * 3_600_000;
/** A rhythm is known after so many gaps that fill so much time; a first read delivers months within seconds. */
const fewestGaps = 8;
const shortestLearningMs = 24 * 3_600_000;
/** A silence this many times the usual one, and no shorter than that, is told of. */
const timesUsual = 6;
const shortestAlertMs = 3_600_000;

/** Takes a look into account. `before` undefined: the first one ever. */
export function listen(before: Rhythm | undefined, { now, seen }: Look): { rhythm: Rhythm; change?: Change } {
  const day = dayAt(before, now);
  if (before === undefined) {
    return { rhythm: { watchedAt: now, seen, silentMs: 0, gaps: 0, sum: 0, squares: 0, alarmed: false, day } };
  }
  const step = now - before.watchedAt;
  const silentMs = before.silentMs + (step > 0 && step <= longestStepMs ? step : 0);
  const looked = { ...before, watchedAt: now, seen, silentMs, day };
  const usualMs = usual(before);
  if (seen !== before.seen) {
    const rhythm = { ...looked, ...learned(before, silentMs), silentMs: 0, alarmed: false };
    return before.alarmed
      ? { rhythm, change: { kind: 'back', ms: silentMs, usualMs: usualMs ?? silentMs } }
      : { rhythm };
  }
  if (usualMs === undefined || before.alarmed) return { rhythm: looked };
  if (silentMs <= Math.max(shortestAlertMs, timesUsual * usualMs)) return { rhythm: looked };
  return { rhythm: { ...looked, alarmed: true }, change: { kind: 'silent', ms: silentMs, usualMs } };
}

/**
 * How long a silence usually is, in milliseconds: the gap in which one is at a random moment, which is the mean plus variance by mean. So a
 * burst of a hundred posts weighs as much as the minute it takes, and nights count as what they are. Undefined: not known yet.
 */
export function usual({ gaps, sum, squares }: Rhythm): number | undefined {
  return gaps >= fewestGaps && sum >= shortestLearningMs ? squares / sum : undefined;
}

/** For people: `nothing new for 7 h, where 40 min are usual`. */
export function inWords({ kind, ms, usualMs }: Change): string {
  return `${kind === 'silent' ? 'nothing new for' : 'something new again after'} ${span(ms)}, where ${span(usualMs)} are usual`;
}

/** How many posts a feed that has brought `seen` so far brought today (UTC), as far as somebody looked. */
export function seenToday(rhythm: Rhythm | undefined, { now, seen }: Look): number {
  return seen - dayAt(rhythm, now).seen;
}

const dayMs = 24 * 3_600_000;

/** What came between the last look of a day and the first of the next counts for the next. */
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
  const kept = Math.exp(-gap / fadeMs);
  return { gaps: gaps + 1, sum: sum * kept + gap, squares: squares * kept + gap * gap };
}
