/** Date-time group `192355Z AUG 07`, or undefined; years 66-99 are 19xx, 00-10 are 20xx (other readings name no cable). */
export function timeOfGroup(day: string, month: string, year: string): string | undefined {
  const index = MONTHS.indexOf(month.slice(0, 3).toUpperCase());
  if (index === -1) return undefined;
  const fullYear = Number(year) >= 66 ? 1900 + Number(year) : 2000 + Number(year);
  const date = isoDate(fullYear, index + 1, Number(day.slice(0, 2)));
  const hour = day.slice(2, 4);
  const minute = day.slice(4, 6);
  return date === undefined || hour > '23' || minute > '59' ? undefined : `${date}T${hour}:${minute}Z`;
}

/** `2007-08-19 23:55` as the viewer prints it, or undefined. */
export function timePrinted(printed: string | null): string | undefined {
  const match = printed === null ? null : /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)$/.exec(printed);
  if (match === null) return undefined;
  const [, year, month, day, hour = '', minute = ''] = match;
  const date = isoDate(Number(year), Number(month), Number(day));
  return date === undefined || hour > '23' || minute > '59' ? undefined : `${date}T${hour}:${minute}Z`;
}

/** `YYYY-MM-DD`, or undefined where the calendar has no such day. */
export function isoDate(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Day of the year, 1 for 1 January, of a time `YYYY-MM-DDTHH:MMZ`. */
export function dayOfYear(time: string): number {
  const year = Number(time.slice(0, 4));
  return (Date.parse(`${time.slice(0, 10)}T00:00Z`) - Date.UTC(year, 0, 1)) / 86_400_000 + 1;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
