import { isDigitUnit } from './plain-text.ts';

/** A run of digits: [start, end) of the text. */
export interface NumberAt {
  readonly start: number;
  readonly end: number;
}

/**
 * The numbers of a text in order, except those that begin within `taken` (stretches in order). All searches around numbers
 * share this list, so that the text is scanned once.
 */
export function numbersIn(text: string, taken: readonly (readonly [number, number])[]): NumberAt[] {
  const found: NumberAt[] = [];
  let next = 0;
  digitPattern.lastIndex = 0;
  while (digitPattern.test(text)) {
    const start = digitPattern.lastIndex - 1;
    while ((taken[next]?.[1] ?? Infinity) <= start) next += 1;
    const [from, to] = taken[next] ?? noSpan;
    let end = from <= start ? to : start + 1;
    while (isDigitUnit(text.charCodeAt(end))) end += 1;
    if (from > start) found.push({ start, end });
    digitPattern.lastIndex = end;
  }
  return found;
}

/** Sentinel after the last stretch. */
export const noSpan = [Infinity, Infinity] as const;
const digitPattern = /[0-9]/g;
