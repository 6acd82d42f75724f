import type { Period } from '../core/digest.ts';
import { addDays, type DateText, firstAt, localTime, startOfDay } from '../core/zone.ts';

/** What divides time for a digest: local days, or weeks from Monday to Sunday. */
export interface Calendar {
  readonly timezone: string;
  readonly period: Period;
}

const daysIn: Readonly<Record<Period, number>> = { day: 1, week: 7 };

/** How many periods before one it is compared with. */
export const compared: Readonly<Record<Period, number>> = { day: 7, week: 4 };

/** The first day of the period with this day; editions are named by it. */
export function periodOf(date: DateText, { period }: Pick<Calendar, 'period'>): DateText {
  const sinceMonday = (new Date(date).getUTCDay() + 6) % 7;
  return period === 'week' ? addDays(date, -sinceMonday) : date;
}

/** The first day of the period that comes `count` periods later. */
export function following(date: DateText, { period }: Pick<Calendar, 'period'>, count = 1): DateText {
  return addDays(date, count * daysIn[period]);
}

/** From the first millisecond of a period to that of the next. */
export function spanOf(date: DateText, calendar: Calendar): { from: number; to: number } {
  const { timezone } = calendar;
  return { from: startOfDay(date, timezone), to: startOfDay(following(date, calendar), timezone) };
}

/** The period with this moment (in milliseconds since the Unix epoch). */
export function periodAt(time: number, calendar: Calendar): DateText {
  return periodOf(localTime(time, calendar.timezone).date, calendar);
}

/** The last period that has ended. */
export function lastClosed(calendar: Calendar, now: number): DateText {
  return following(periodAt(now, calendar), calendar, -1);
}

/** When the edition of a period is due: on the day after it, at the time of the digest (`at`: minutes after midnight). */
export function dueAt(date: DateText, calendar: Calendar & { readonly at: number }): number {
  return firstAt(following(date, calendar), calendar.at, calendar.timezone);
}
