import type { Ledger } from '../../ledger/ledger.ts';
import { lastDayStart } from '../../operations/overview.ts';

/** The value of `range` in an address for what is counted on the overview as of the last 24 hours. */
export const lastDayRange = 'last 24 hours';

/** The address of a list, narrowed to the last 24 hours. */
export function lastDayPath(path: string): string {
  return `${path}?${new URLSearchParams({ range: lastDayRange }).toString()}`;
}

/** The beginning of the range that an address names; undefined: it names none. */
export async function sinceIn({ searchParams }: URL, ledger: Pick<Ledger, 'now'>): Promise<number | undefined> {
  return searchParams.get('range') === lastDayRange ? lastDayStart(await ledger.now()) : undefined;
}
