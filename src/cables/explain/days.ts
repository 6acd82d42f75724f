/** `2007-08-19` or a time of that day as `19 August 2007`. */
export function dayInWords(time: string): string {
  return DAY.format(new Date(`${time.slice(0, 10)}T00:00Z`));
}

/** `2007-08-19T23:55Z` as `Sunday 19 August 2007, 23:55 UTC`. */
export function timeInWords(time: string): string {
  return `${WEEKDAY.format(new Date(time))} ${dayInWords(time)}, ${time.slice(11, 16)} UTC`;
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' });
