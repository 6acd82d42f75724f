import type { Cable, Warning } from '../../../core/cable.ts';
import { dayMs } from '../../../core/durations.ts';

/** Date-time group `192355Z AUG 07`, or undefined; years 66-99 are 19xx, 00-10 are 20xx (other readings name no cable). */
export function timeOfGroup(day: string, month: string, year: string): string | undefined {
  const fullYear = Number(year) >= 66 ? 1900 + Number(year) : 2000 + Number(year);
  return timeOf(fullYear, monthNumber(month), Number(day.slice(0, 2)), day.slice(2, 4), day.slice(4, 6));
}

/** The first release with correct minutes. */
const firstExactRelease = '2011-08';

type Created = Pick<Cable, 'created'> & { readonly warning: Warning | undefined };

/**
 * Times of the page's table. Before August 2011 the viewer printed the twelve-hour hour in place of the minutes (14:32 became 14:02).
 * Created takes its minutes from the message's date-time group if day and hour agree. Released has no second source, so its minutes
 * are 00. A page without Released is from the first release. Sources with another time format did not copy these pages.
 */
export function pageTimes(
  createdPrinted: string | null,
  releasedPrinted: string | null,
  dtg: string | null,
): Created & Pick<Cable, 'released'> {
  const created = timePrinted(createdPrinted) ?? null;
  const released = timePrinted(releasedPrinted) ?? null;
  // `2007-08-19 ...`: the form of the viewer and of copies of its pages.
  const isOfViewer = /^\d{4}-/.test(createdPrinted ?? '');
  const early = isOfViewer && (released === null || released < firstExactRelease);
  // `Thu Nov 21 00:00:00 +0100 2002`: text mirrors were made from an index of days without times.
  const hasDayOnly = / 00:00:00 [+-]\d{4} \d{4}$/.test(createdPrinted ?? '');
  return {
    ...(hasDayOnly ? createdDay(created, dtg) : createdTime(created, dtg, early)),
    released: released !== null && early && hasHourForMinutes(released) ? `${released.slice(0, 13)}:00Z` : released,
  };
}

function createdDay(day: string | null, dtg: string | null): Created {
  if (day !== null && dtg?.startsWith(day.slice(0, 10))) return { created: dtg, warning: undefined };
  if (day === null || dtg !== null) return createdTime(day, dtg, false);
  return { created: day, warning: mismatch(`of Created only the day is known (${day.slice(0, 10)})`) };
}

function createdTime(created: string | null, dtg: string | null, early: boolean): Created {
  const repeatsHour = created !== null && early && hasHourForMinutes(created);
  const agree = created === dtg || (repeatsHour && created.slice(0, 13) === dtg?.slice(0, 13));
  if (created === null || agree) return { created: dtg, warning: undefined };
  if (dtg !== null) return { created, warning: mismatch(`Created is ${created}, the date-time group says ${dtg}`) };
  const unrepaired = `minutes of Created (${created}) repeat the hour and there is no date-time group to correct them`;
  return { created, warning: repeatsHour ? mismatch(unrepaired) : undefined };
}

function hasHourForMinutes(time: string): boolean {
  return (Number(time.slice(11, 13)) % 12 || 12) === Number(time.slice(14, 16));
}

function mismatch(message: string): Warning {
  return { code: 'time-mismatch', paragraph: null, message };
}

/**
 * A time as printed by the viewer or another source (see `timeForms`), or undefined. A zone other than UTC is that of the person who made
 * the copy.
 */
function timePrinted(printed: string | null): string | undefined {
  if (printed === null || printed.length > maxLength) return undefined;
  const parts = timeForms.map((form) => form.exec(printed)).find((match) => match !== null)?.groups;
  if (parts === undefined) return undefined;
  const { year, month = '', day, hour = '', minute = '' } = parts;
  return timeOf(Number(year), monthNumber(month) || Number(month), Number(day), hour.padStart(2, '0'), minute);
}

function timeOf(year: number, month: number, day: number, hour: string, minute: string): string | undefined {
  const date = isoDate(year, month, day);
  return date === undefined || hour > '23' || minute > '59' ? undefined : `${date}T${hour}:${minute}Z`;
}

/** Of an English name; 0 for other words. */
function monthNumber(name: string): number {
  return monthNames.indexOf(name.slice(0, 3).toUpperCase()) + 1;
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
