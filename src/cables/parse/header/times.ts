import { dayMs } from '../../../core/durations.ts';

/** Date-time group `192355Z AUG 07`, or undefined; years 66-99 are 19xx, 00-10 are 20xx (other readings name no cable). */
export function timeOfGroup(day: string, month: string, year: string): string | undefined {
  const index = monthNames.indexOf(month.slice(0, 3).toUpperCase());
  if (index === -1) return undefined;
  const fullYear = Number(year) >= 66 ? 1900 + Number(year) : 2000 + Number(year);
  const date = isoDate(fullYear, index + 1, Number(day.slice(0, 2)));
  const hour = day.slice(2, 4);
  const minute = day.slice(4, 6);
  return date === undefined || hour > '23' || minute > '59' ? undefined : `${date}T${hour}:${minute}Z`;
}

/**
 * A time as printed by the viewer or another source (see `timeForms`), or undefined. A zone other than UTC is that of the person who made
 * the copy.
 */
export function timePrinted(printed: string | null): string | undefined {
  if (printed === null || printed.length > maxLength) return undefined;
  for (const form of timeForms) {
    const parts = form.exec(printed)?.groups;
    if (parts === undefined) continue;
    const { year, month = '', day, hour = '', minute = '' } = parts;
    const name = monthNames.indexOf(month.slice(0, 3).toUpperCase()) + 1;
    const date = isoDate(Number(year), name || Number(month), Number(day));
    const hours = hour.padStart(2, '0');
    return date === undefined || hours > '23' || minute > '59' ? undefined : `${date}T${hours}:${minute}Z`;
  }
  return undefined;
}

const maxLength = 60;
const clockSource = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)`;
const timeForms = [
  // The viewer: 2007-08-19 23:55; copies of its pages: 2007-08-19 23:55:00 UTC.
  String.raw`(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[ T](?<hour>\d\d):(?<minute>\d\d)(?::\d\d(?:\.\d+)?)?(?: ?(?:UTC|Z|[+-]\d\d:?\d\d))?`,
  // The full-text dump: 8/19/2007 23:55.
  String.raw`(?<month>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4}) ${clockSource}`,
  // Ruby: Sun Aug 19 23:55:00 +0200 2007.
  String.raw`[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) {1,2}(?<day>\d{1,2}) ${clockSource}:\d\d (?:[A-Z]{3,4}|[+-]\d{4}) (?<year>\d{4})`,
  // PlusD: 2010 February 26, 11:30 (Friday).
  String.raw`(?<year>\d{4}) (?<month>[A-Z][a-z]{2,8}) (?<day>\d{1,2}), ${clockSource}(?: \([A-Za-z]+\))?`,
].map((form) => new RegExp(`^${form}$`));

/** `YYYY-MM-DD`, or undefined if the calendar has no such day. */
export function isoDate(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Day of the year, 1 for 1 January, of a time `YYYY-MM-DDTHH:MMZ`. */
export function dayOfYear(time: string): number {
  const year = Number(time.slice(0, 4));
  return (Date.parse(`${time.slice(0, 10)}T00:00Z`) - Date.UTC(year, 0, 1)) / dayMs + 1;
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
