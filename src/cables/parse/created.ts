import type { Warning } from '../../core/cable.ts';
import { timePrinted } from './times.ts';

/** The first release whose minutes are right. */
const MENDED_RELEASE = '2011-08';

export interface PageTimes {
  readonly created: string | null;
  readonly released: string | null;
  readonly warning: Warning | undefined;
}

/**
 * Times of the page's table. Before August 2011 the viewer printed as minutes the hour in its twelve-hour form (14:32 became 14:02):
 * Created gets its minutes back from the message's date-time group when day and hour agree; Released has no second source, so its minutes
 * are 00. A page without Released is of the first release.
 */
export function pageTimes(
  createdPrinted: string | null,
  releasedPrinted: string | null,
  dtg: string | null,
): PageTimes {
  const created = timePrinted(createdPrinted) ?? null;
  const released = timePrinted(releasedPrinted) ?? null;
  const early = createdPrinted !== null && (released === null || released < MENDED_RELEASE);
  return {
    ...createdTime(created, dtg, early),
    released: released !== null && early && hasHourForMinutes(released) ? `${released.slice(0, 13)}:00Z` : released,
  };
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
