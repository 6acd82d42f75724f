import type { ReferenceId } from '../../core/cable.ts';
import { lazily } from '../facts.ts';
import { isPlausible } from '../months.ts';
import { canonicalReferenceId, namesInIds, partsOf } from '../reference-id.ts';
import type { Found } from './found.ts';
import { looksLikeYear } from './found.ts';
import { signBefore } from './hashtags.ts';
import { isDigitUnit, isWordUnit } from './plain-text.ts';

/**
 * Whether a text can hold an ID of a known station at all: two digits, the first letters of a name, more of them, a digit. Most posts end
 * here, so it is one test of one pattern, made from the names.
 */
export function mayHoldId(text: string): boolean {
  return mayHold().test(text);
}

const mayHold = lazily(() => {
  const blank = '[ \\u00A0_\\u2010-\\u2013\\u3000-]{0,2}';
  const rest = "[A-Z'’ \\u00A0\\u2010-\\u2013\\u3000_-]{0,40}";
  return new RegExp(`[0-9]{2}${blank}(?:${headsOf(namesInIds())})${rest}[0-9]`, 'i');
});

/** A pattern of the first three letters of names, branching letter by letter. */
function headsOf(names: readonly string[]): string {
  const branches = Map.groupBy(new Set(names.map((name) => name.slice(0, 3))), (head) => head.slice(0, 1));
  return [...branches]
    .map(([first, heads]) => {
      const thirds = Map.groupBy(heads, (head) => head.slice(1, 2));
      const tails = [...thirds].map(([second, ends]) => second + thirdOf(ends.map((end) => end.slice(2))));
      return `${first}[' _-]?(?:${tails.join('|')})`;
    })
    .join('|');
}

function thirdOf(letters: readonly string[]): string {
  return letters.includes('') ? '' : `[' _-]?[${letters.join('')}]`;
}

/**
 * IDs in plain text: `07ASTANA2244`, `#07astana2244`, `07 ASTANA 002244`, `07-Port-au-Prince-12`, `2007ASTANA2244`.
 * Each step looks at no more than some fifty units, so the scan is linear.
 */
export function findWrittenIds(text: string, beside: boolean): Found[] {
  const found: Found[] = [];
  const pattern = writtenId();
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const one = foundAt(text, match, beside);
    if (one?.span) {
      found.push(one);
      pattern.lastIndex = one.span[1];
    } else {
      // Another ID may begin in what was just looked at: `in 10 days 07 ASTANA 2244`.
      pattern.lastIndex = match.index + (match[1] ?? '').length;
    }
  }
  return found;
}

/** Year, blank, station, serial. */
const writtenId = lazily(
  () => new RegExp(`(\\d{2,5})([ _-]{0,2})((?:${headsOf(namesInIds())})[A-Z' _-]{0,40})(\\d{1,8})`, 'gi'),
);

function foundAt(text: string, match: RegExpExecArray, beside: boolean): Found | undefined {
  const [whole, year = '', blank = '', name = '', serial = ''] = match;
  const start = match.index;
  if (isWordUnit(text.charCodeAt(start - 1)) || text[start - 1] === '@') return undefined;
  const end = start + whole.length;
  if (isWordUnit(text.charCodeAt(end)) && !hasCollection(text, end)) return foundFused(text, start);
  const letters = name.replace(/[^A-Za-z]+/g, '').toUpperCase();
  const id = canonicalReferenceId(year + letters + serial);
  if (id === undefined) return undefined;
  const hash = signBefore(text, start);
  if (hash === 'broken') return undefined;
  const kind = hash === 'hashtag' ? 'hashtag' : 'id';
  if (letters.length < SHORTEST && !(hash === 'hashtag' && beside)) return undefined;
  const strength = strengthOf({ hashtag: hash === 'hashtag', year, blank, name, serial }, id);
  if (strength === undefined) return undefined;
  const span = [hash === 'hashtag' ? start - 1 : start, hasCollection(text, end) ? end + 2 : end] as const;
  if (text[span[1]] === '@') return undefined;
  return { kind, strength, span, written: null, id, paragraphs: [], clues: null };
}

/** IDs with digits inside: 0 for O, `SECTION01OF02` swallowed, an operating signal fused. */
function foundFused(text: string, start: number): Found | undefined {
  let end = start;
  while (end - start < 45 && isWordUnit(text.charCodeAt(end))) end += 1;
  const written = text.slice(start, end);
  const id = end - start < 45 && isDigitUnit(text.charCodeAt(end - 1)) ? canonicalReferenceId(written) : undefined;
  const hash = signBefore(text, start);
  if (id === undefined || hash === 'broken' || written.includes('_')) return undefined;
  const hashtag = hash === 'hashtag';
  return {
    kind: hashtag ? 'hashtag' : 'id',
    strength: 'strong',
    span: [hashtag ? start - 1 : start, end],
    written: null,
    id,
    paragraphs: [],
    clues: null,
  };
}

/** PlusD's suffix: `07ASTANA2244_a`. */
function hasCollection(text: string, at: number): boolean {
  return text[at] === '_' && /[a-e]/i.test(text[at + 1] ?? '') && !isWordUnit(text.charCodeAt(at + 2));
}

/** BA, KL, SD are too short to tell a station from a flight or a part number. */
const SHORTEST = 4;

interface Written {
  readonly hashtag: boolean;
  readonly year: string;
  readonly blank: string;
  readonly name: string;
  readonly serial: string;
}

/**
 * In one piece an ID speaks for itself, unless it reads as two years (`2010London2012`). With blanks it must not be everyday words:
 * the station in capitals (`07 ASTANA 2244`), or a number that is no year and not small (`07 Astana 2244`); `05 paris 10` is weak.
 * A serial that the station cannot have had shows that the words only happen to stand together.
 */
function strengthOf(written: Written, id: ReferenceId): 'strong' | 'weak' | undefined {
  const { year, name, serial } = written;
  if (year.length === 4 && looksLikeYear(serial)) return 'weak';
  if (written.blank === '') return 'strong';
  const parts = partsOf(id);
  const capitals = name === name.toUpperCase();
  if (parts === undefined || !isPlausible(parts)) return capitals && year.length === 2 ? 'weak' : undefined;
  if (capitals || serial.startsWith('0')) return 'strong';
  if (serial.length < 3 || looksLikeYear(serial)) return 'weak';
  return written.hashtag || written.blank.includes('-') || name !== name.toLowerCase() ? 'strong' : 'weak';
}
