import { z } from 'zod';
import { dayMs } from './durations.ts';

/** A day of the calendar: `2026-11-24`. */
export type DateText = string;

/** The day of a time in UTC: `2026-11-24`. */
export function utcDay(time: number): DateText {
  return new Date(time).toISOString().slice(0, 10);
}

/** A time in UTC for people: `2026-11-24 17:05Z`. */
export function utcMinute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** The name of a time zone, as people write it in YAML: `Europe/Berlin`. */
export const Timezone = z.string().refine(isTimezone, {
  error: ({ input }) => `expected the name of a time zone, such as Europe/Berlin; got ${String(input).slice(0, 40)}`,
});

export function isTimezone(name: string): boolean {
  try {
    // The usual one: a look into the table of zones takes milliseconds.
    if (name !== 'UTC') formatIn(name);
    return true;
  } catch {
    return false;
  }
}

/** Local date and minutes since midnight at a time (in milliseconds since the Unix epoch). */
export function localTime(time: number, timezone: string): { readonly date: DateText; readonly minutes: number } {
  const local = new Date(time + offsetAt(time, timezone));
  return { date: utcDay(local.getTime()), minutes: local.getUTCHours() * 60 + local.getUTCMinutes() };
}

/** Start of a local day. Days follow each other without gap or overlap, however long daylight saving time makes them. */
export function startOfDay(date: DateText, timezone: string): number {
  return firstAt(date, 0, timezone);
}

/**
 * The moment of a local time of day (in minutes since midnight), in milliseconds since the Unix epoch. For a time that occurs twice: the
 * first. For a time that is skipped: the moment of the change.
 */
export function firstAt(date: DateText, minutes: number, timezone: string): number {
  const shown = Date.parse(date) + minutes * 60_000;
  // A time zone changes its offset at most once within two days.
  const [early, late] = [shown - dayMs, shown + dayMs];
  const [before, after] = [offsetAt(early, timezone), offsetAt(late, timezone)];
  const found = [shown - before, shown - after].filter((time) => time + offsetAt(time, timezone) === shown);
  if (found.length > 0) return Math.min(...found);
  return changeBetween(early, late, timezone);
}

/** Adds days to a date. */
export function addDays(date: DateText, days: number): DateText {
  return utcDay(Date.parse(date) + days * dayMs);
}

/** True for a valid date such as `2026-11-24`. */
export function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The moment when the offset changes. */
function changeBetween(early: number, late: number, timezone: string): number {
  const before = offsetAt(early, timezone);
  let [low, high] = [early, late];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, timezone) === before) low = middle;
    else high = middle;
  }
  return high;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (format === undefined) {
    const date = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    formats.set(timezone, (format = new Intl.DateTimeFormat('en-GB', { ...date, ...time, timeZone: timezone })));
  }
  return format;
}

/** The last day of UTC, in days since 1970, on which an offset did not change: posts are counted in the order of their times. */
let steady: { readonly timezone: string; readonly day: number; readonly offset: number } | undefined;

/** Offset of a time zone from UTC, in milliseconds. */
function offsetAt(time: number, timezone: string): number {
  const day = Math.floor(time / dayMs);
  if (steady?.day === day && steady.timezone === timezone) return steady.offset;
  const offset = shownOffset(day * dayMs, timezone);
  // It changes at most once within two days, so not at all between two moments at which it is the same.
  if (offset !== shownOffset((day + 1) * dayMs, timezone)) return shownOffset(time, timezone);
  steady = { timezone, day, offset };
  return offset;
}

/** The same, as the formatter shows it, which takes some microseconds. */
function shownOffset(time: number, timezone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatIn(timezone).formatToParts(time)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}
