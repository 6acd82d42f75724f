import type { Found } from './found.ts';
import { signBefore } from './hashtags.ts';
import { CUT, isWordUnit } from './plain-text.ts';
import { misspelt } from './spelling.ts';

/** More than this are not worth looking at: each is held against all stations. */
const MOST = 20;
const AT = 64;

/**
 * What looks like an ID and is none: `07ASTNA2244`, `2244ASTANA07`, `07-2244-ASTANA`, `ASTANA072244`, with a name near to that of a station.
 * `taken`: stretches found already, in order.
 */
export function findMisspelt(text: string, taken: readonly (readonly [number, number])[]): Found[] {
  const found: Found[] = [];
  let next = 0;
  let looked = 0;
  for (const { index: start, 0: token } of text.matchAll(TOKEN)) {
    const end = start + token.length;
    while ((taken[next]?.[1] ?? Infinity) <= start) next += 1;
    if ((taken[next]?.[0] ?? Infinity) < end || !isWhole(text, start, end) || !LETTERS.test(token)) continue;
    if (looked === MOST) break;
    looked += 1;
    const spelt = misspelt(token);
    const sign = spelt === undefined ? 'broken' : signBefore(text, start);
    if (spelt === undefined || sign === 'broken') continue;
    const isTag = sign === 'hashtag';
    const span = [isTag ? start - 1 : start, end] as const;
    found.push({ ...spelt, kind: isTag ? 'hashtag' : 'id', span, written: null, paragraphs: [], strength: 'weak' });
  }
  return found;
}

/** Letters and digits in up to five parts; no step looks further ahead than a name is long, so the scan is linear. */
const TOKEN = /(?<![0-9A-Za-z])(?=[A-Za-z_/.-]{0,30}[0-9])[0-9A-Za-z]+(?:[-_/.][0-9A-Za-z]+){0,4}/g;
const LETTERS = /[A-Za-z]{2}/;

function isWhole(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  const after = text.charCodeAt(end);
  return !isWordUnit(before) && before !== AT && !isWordUnit(after) && after !== AT && text[end] !== CUT;
}
