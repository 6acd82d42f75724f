import type { Warning } from '../../../core/cable.ts';
import { timePrinted } from './times.ts';

/** The first release with correct minutes. */
const firstExactRelease = '2011-08';

export interface PageTimes {
  readonly created: string | null;
  readonly released: string | null;
  readonly warning: Warning | undefined;
}

/**
 * Times of the page's table. Before August 2011 the viewer printed the twelve-hour hour in place of the minutes (14:32 became 14:02).
 * Created takes its minutes from the message's date-time group if day and hour agree. Released has no second source, so its minutes
 * are 00. A page without Released is from the first release. Sources with another time format did not copy these pages.
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

/** `2007-08-19 ...`: the form of the viewer and of copies of its pages. */
function isOfViewer(printed: string | null): boolean {
  return printed !== null && /^\d{4}-/.test(printed);
}

/** `Thu Nov 21 00:00:00 +0100 2002`: text mirrors were made from an index of days without times. */
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
    const unrepaired = created !== null && early && hasHourForMinutes(created);
    return {
      created: created ?? dtg,
      warning: unrepaired
        ? mismatch(`minutes of Created (${created}) repeat the hour and there is no date-time group to correct them`)
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
