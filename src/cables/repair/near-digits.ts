import { fullYear } from '../ids/reference-id.ts';

const firstYear = 1966;
const lastYear = 2010;

/** Years (four digits) that are one slip from what is written: a digit wrong, missing, too many or swapped; and those before and after. */
export function yearsNear(written: string): number[] {
  const year = fullYear(written);
  const slips = oneSlipFrom(written);
  const found: number[] = [];
  for (let each = firstYear; each <= lastYear; each += 1) {
    if (each === year) continue;
    const long = String(each);
    const beside = year !== undefined && Math.abs(each - year) === 1;
    if (beside || slips.has(long.slice(2)) || slips.has(long)) found.push(each);
  }
  return found;
}

/** Serials that are one slip from what is written. */
export function serialsNear(written: string): number[] {
  const found = new Set<number>();
  for (const digits of oneSlipFrom(written)) if (/^0*[1-9]\d{0,5}$/.test(digits)) found.add(Number(digits));
  found.delete(Number(written));
  return [...found];
}

const allDigits = '0123456789'.split('');

function oneSlipFrom(written: string): Set<string> {
  const found = new Set<string>();
  for (let at = 0; at <= written.length; at += 1) {
    const before = written.slice(0, at);
    const [digit = '', next = ''] = written.slice(at, at + 2);
    const behind = written.slice(at + 1);
    for (const other of allDigits) {
      found.add(before + other + digit + behind);
      if (digit !== '') found.add(before + other + behind);
    }
    found.add(before + behind);
    if (next !== '') found.add(before + next + digit + behind.slice(1));
  }
  return found;
}
