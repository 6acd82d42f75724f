import { z } from 'zod';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: hourMs, d: dayMs };

const expected = 'expected a duration such as 30s, 15m, 12h or 7d';

/** A length of time as people write it in YAML (`30s`, `15m`, `12h`, `7d`); parsed to milliseconds. */
export const Duration = z
  .string(expected)
  .regex(/^\d{1,9}(ms|s|m|h|d)$/, expected)
  .transform((written) => {
    return Number.parseInt(written, 10) * (unitMs[written.replace(/^\d+/, '')] ?? 0);
  })
  .meta({ examples: ['30s', '15m', '12h', '7d'] });

/** A time of day as people write it in YAML (`"22:30"`); parsed to minutes since midnight. */
export const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, such as "22:30"')
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

/** Milliseconds as `Duration` reads them, in the largest unit that has no remainder. */
export function durationText(ms: number): string {
  const [unit, size] = Object.entries(unitMs).findLast(([, one]) => ms % one === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** Minutes since midnight as `TimeOfDay` reads them. */
export function timeOfDayText(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Milliseconds before attempt number `failures + 1`: exponential from `firstMs` to `maxMs`, with jitter so that failures do not meet again. */
export function backoffMs(failures: number, bounds: { firstMs: number; maxMs: number }): number {
  const full = Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(failures, 30));
  return Math.round(full * (0.5 + Math.random() / 2));
}
