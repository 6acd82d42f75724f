import type { Found } from './found.ts';
import { signBefore } from './hashtags.ts';
import type { NumberAt } from './numbers.ts';
import { ellipsis, isDigitUnit, isLetterUnit, isWordUnit } from './folded-text.ts';
import { maxMisspelt, misspelt } from './spelling.ts';

const atSign = 64;

/**
 * Malformed IDs with a name similar to a station's: `07ASTNA2244`, `2244ASTANA07`, `07-2244-ASTANA`, `ASTANA072244`.
 * `taken`: stretches that are already citations, in order. Reads each token once, so the search is linear.
 */
export function findMisspelt(
  text: string,
  numbers: readonly NumberAt[],
  taken: readonly (readonly [number, number])[],
): Found[] {
  const found: Found[] = [];
  let floor = 0;
  let next = 0;
  let looked = 0;
  for (const number of numbers) {
    if (number.start < floor || !meetsLetter(text, number)) continue;
    if (looked === maxMisspelt) break;
    const [start, end] = tokenAround(text, number, floor);
    floor = end;
    while ((taken[next]?.[1] ?? Infinity) <= start) next += 1;
    if ((taken[next]?.[0] ?? Infinity) < end || !isWhole(text, start, end)) continue;
    const written = text.slice(start, end);
    if (!lettersPattern.test(written)) continue;
    looked += 1;
    const spelt = misspelt(written);
    const sign = spelt === undefined ? 'broken' : signBefore(text, start);
    if (spelt === undefined || sign === 'broken') continue;
    const isTag = sign === 'hashtag';
    const span = [isTag ? start - 1 : start, end] as const;
    found.push({ ...spelt, kind: isTag ? 'hashtag' : 'id', span, written: null, paragraphs: [], strength: 'weak' });
  }
  return found;
}

const lettersPattern = /[A-Za-z]{2}/;

/** True if a letter is next to the number. Most numbers of a post stand alone. */
function meetsLetter(text: string, { start, end }: NumberAt): boolean {
  return (
    isLetter(text, isJoining(text, start - 1) ? start - 2 : start - 1) ||
    isLetter(text, isJoining(text, end) ? end + 1 : end)
  );
}

/** The run of letters and digits around a number, joined by single hyphens, dots, slashes or underscores. */
function tokenAround(text: string, number: NumberAt, floor: number): readonly [start: number, end: number] {
  let { start, end } = number;
  while (start > floor && isOfToken(text, start - 1)) start -= 1;
  while (isOfToken(text, end)) end += 1;
  return [start, end];
}

function isOfToken(text: string, at: number): boolean {
  return (
    isAlphanumeric(text, at) || (isJoining(text, at) && isAlphanumeric(text, at - 1) && isAlphanumeric(text, at + 1))
  );
}

function isAlphanumeric(text: string, at: number): boolean {
  return isLetter(text, at) || isDigitUnit(text.charCodeAt(at));
}

function isLetter(text: string, at: number): boolean {
  return isLetterUnit(text.charCodeAt(at));
}

/** Hyphen, dot, slash, underscore. */
function isJoining(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (unit >= 45 && unit <= 47) || unit === 95;
}

function isWhole(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  const after = text.charCodeAt(end);
  return !isWordUnit(before) && before !== atSign && !isWordUnit(after) && after !== atSign && text[end] !== ellipsis;
}
