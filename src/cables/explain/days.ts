/** `2007-08-19` or a time of that day as `19 August 2007`. */
export function dayInWords(time: string): string {
  return dayFormat.format(new Date(`${time.slice(0, 10)}T00:00Z`));
}

/** `2007-08-19T23:55Z` as `Sunday 19 August 2007, 23:55 UTC`. */
export function timeInWords(time: string): string {
  return `${weekdayFormat.format(new Date(time))} ${dayInWords(time)}, ${time.slice(11, 16)} UTC`;
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
const weekdayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'UTC' });
