import type { Warning } from '../../../core/cable.ts';
import { timePrinted } from './times.ts';

/** The first release whose minutes are right. */
const firstExactRelease = '2011-08';

export interface PageTimes {
  readonly created: string | null;
  readonly released: string | null;
  readonly warning: Warning | undefined;
}

/**
 * Times of the page's table. Before August 2011 the viewer printed as minutes the hour in its twelve-hour form (14:32 became 14:02):
 * Created gets its minutes back from the message's date-time group when day and hour agree; Released has no second source, so its minutes
 * are 00. A page without Released is of the first release. Sources that print their times otherwise did not take them from its pages.
 */
export function pageTimes(
  createdPrinted: string | null,
  releasedPrinted: string | null,
  dtg: string | null,
): PageTimes {
  const created = timePrinted(createdPrinted) ?? null;
  const released = timePrinted(releasedPrinted) ?? null;
  const early = isOfViewer(createdPrinted) && (released === null || released < firstExactRelease);
  return {
    ...(hasDayOnly(createdPrinted) ? createdDay(created, dtg) : createdTime(created, dtg, early)),
    released: released !== null && early && hasHourForMinutes(released) ? `${released.slice(0, 13)}:00Z` : released,
  };
}

/** `2007-08-19 ...`: the viewer's own form, and that of all who copied its pages. */
function isOfViewer(printed: string | null): boolean {
  return printed !== null && /^\d{4}-/.test(printed);
}

/** `Thu Nov 21 00:00:00 +0100 2002`: the text mirrors were made from an index that has the days alone. */
function hasDayOnly(printed: string | null): boolean {
  return printed !== null && / 00:00:00 [+-]\d{4} \d{4}$/.test(printed);
}

function createdDay(day: string | null, dtg: string | null): Pick<PageTimes, 'created' | 'warning'> {
  if (day !== null && dtg?.startsWith(day.slice(0, 10))) return { created: dtg, warning: undefined };
  if (day === null || dtg !== null) return createdTime(day, dtg, false);
  return { created: day, warning: mismatch(`of Created only the day is known (${day.slice(0, 10)})`) };
}

function createdTime(
  created: string | null,
  dtg: string | null,
  early: boolean,
): Pick<PageTimes, 'created' | 'warning'> {
  if (created === null || dtg === null) {
    const unmended = created !== null && early && hasHourForMinutes(created);
    return {
      created: created ?? dtg,
      warning: unmended
        ? mismatch(`minutes of Created (${created}) repeat the hour and no date-time group tells them`)
        : undefined,
    };
  }
  if (created === dtg) return { created, warning: undefined };
  if (early && hasHourForMinutes(created) && created.slice(0, 13) === dtg.slice(0, 13))
    return { created: dtg, warning: undefined };
  return { created, warning: mismatch(`Created is ${created}, the date-time group says ${dtg}`) };
}

function hasHourForMinutes(time: string): boolean {
  return (Number(time.slice(11, 13)) % 12 || 12) === Number(time.slice(14, 16));
}

function mismatch(message: string): Warning {
  return { code: 'time-mismatch', paragraph: null, message };
}
