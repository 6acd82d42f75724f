import { lazily } from '../tsv.ts';
import type { PublishedId, ReferenceId } from '../../core/cable.ts';
import { malformedIds } from '../ids/reference-id.ts';
import { allStations } from '../ids/stations.ts';

/** A station whose name is similar to the written one. */
export interface NearStation {
  readonly code: string;
  readonly distance: number;
}

/** Longer than any name with its fused prefixes. */
const maxLength = 24;

/**
 * Those of the stations whose names are similar, nearest first; distance 0 for the same name. `written`: letters and digits, upper case.
 */
export function stationsNear(written: string, codes: Iterable<string> = allCodes()): NearStation[] {
  if (written.length < 2 || written.length > maxLength) return [];
  const found: NearStation[] = [];
  for (const code of codes) {
    const distance = letterDistance(written, code, reachOf(code));
    if (distance !== undefined) found.push({ code, distance });
  }
  return found.toSorted((a, b) => a.distance - b.distance);
}

/** True if a station with cables has a similar name. */
export function resemblesStation(written: string): boolean {
  if (written.length < 2 || written.length > maxLength) return false;
  return allCodes().some((code) => letterDistance(written, code, reachOf(code)) !== undefined);
}

const allCodes = lazily(() => allStations().flatMap(({ code, firstYear }) => (firstYear === null ? [] : code)));

/** Maximum distance: a long name may have two wrong letters. */
function reachOf(code: string): number {
  return code.length < 6 ? 1 : 2;
}

const slipCost = 0.5;
const lookalikeCost = 0.25;

/**
 * Edit distance from `name` to `written`: a letter dropped, doubled or swapped with its neighbour costs 0.5, a digit for the letter that it
 * looks like 0.25, any other wrong or additional letter 1. Undefined beyond `reach`.
 */
export function letterDistance(written: string, name: string, reach: number): number | undefined {
  if (written === name) return 0;
  if (written.length - name.length > reach * 2 || name.length - written.length > reach) return undefined;
  // A letter that is missing from the name costs at least 1: this excludes most names cheaply.
  if (lettersBeyond(letterBits(written), letterBits(name)) > reach) return undefined;
  let before: number[] = [];
  let last = Array.from({ length: name.length + 1 }, (_, dropped) => dropped * slipCost);
  for (let i = 1; i <= written.length; i += 1) {
    let least = (last[0] ?? 0) + 1;
    const row = [least];
    for (let j = 1; j <= name.length; j += 1) {
      const cost = cheapest(written, name, { i, j }, { before, last, row });
      least = Math.min(least, cost);
      row.push(cost);
    }
    if (least > reach) return undefined;
    [before, last] = [last, row];
  }
  const distance = last[name.length] ?? Infinity;
  return distance <= reach ? distance : undefined;
}

interface Rows {
  readonly before: readonly number[];
  readonly last: readonly number[];
  readonly row: readonly number[];
}

function cheapest(written: string, name: string, { i, j }: { i: number; j: number }, { before, last, row }: Rows) {
  const letter = written[i - 1] ?? '';
  const wanted = name[j - 1] ?? '';
  const doubled = letter === written[i - 2] ? slipCost : 1;
  const cost = Math.min(
    (last[j - 1] ?? Infinity) + unlikeness(letter, wanted),
    (last[j] ?? Infinity) + doubled,
    (row[j - 1] ?? Infinity) + slipCost,
  );
  const swapped = letter === name[j - 2] && written[i - 2] === wanted && letter !== wanted;
  return swapped ? Math.min(cost, (before[j - 2] ?? Infinity) + slipCost) : cost;
}

const lookalikes = new Map('0O 1I 1L 2Z 3E 4A 5S 6G 7T 8B'.split(' ').map((pair) => [pair, lookalikeCost]));

function unlikeness(letter: string, wanted: string): number {
  if (letter === wanted) return 0;
  return letter > '9' ? 1 : (lookalikes.get(letter + wanted) ?? 1);
}

/** The set of letters A to Z in a text, as bits; ignores case and other characters. */
export function letterBits(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = (text.charCodeAt(at) | 32) - 97;
    if (letter >= 0 && letter < 26) bits |= 1 << letter;
  }
  return bits;
}

/** Number of letters in the first set that are missing from the second. */
export function lettersBeyond(bits: number, others: number): number {
  let count = 0;
  for (let rest = bits & ~others; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Malformed published IDs that are one slip from what is written, with the right ones: `08SECTION01F30BEIRUT1568`. */
export function malformedNear(written: string): (readonly [PublishedId, ReferenceId])[] {
  const key = written.toUpperCase().replace(/[^0-9A-Z]/g, '');
  return malformed().filter(([wrong]) => {
    if (Math.abs(wrong.length - key.length) > 1) return false;
    const distance = letterDistance(key, wrong, 1);
    return distance !== undefined && distance > 0;
  });
}

const malformed = lazily(malformedIds);

/** Describes the slip: `a letter is missing in ASTNA, for ASTANA`. */
export function slipInWords(written: string, name: string): string {
  const slip = /\d/.test(written) ? 'a digit stands for a letter' : slipOf(written, name);
  return `${slip} in ${written}, for ${name}`;
}

function slipOf(written: string, name: string): string {
  if (written.length < name.length)
    return name.length - written.length === 1 ? 'a letter is missing' : 'letters are missing';
  if (written.length > name.length) return 'there is a letter too many';
  const sorted = (letters: string) => letters.split('').toSorted().join('');
  return sorted(written) === sorted(name) ? 'letters are swapped' : 'a letter is wrong';
}
