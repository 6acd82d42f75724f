import { canonicalReferenceId } from '../ids/reference-id.ts';
import { type Found, looksLikeYear } from './found.ts';
import { ellipsis, endsWord, fold, isDigitUnit, isWordUnit } from './folded-text.ts';
import { looseId, maxMisspelt, misspelt, type Spelt } from './spelling.ts';

/** The platform's hashtags without `#`; splits those that it left joined: `07ASTANA2244,#cablegate`. */
export function splitTags(hashtags: readonly string[]): string[] {
  const parts = hashtags.slice(0, maxTags).flatMap((tag) => fold(tag.slice(0, 1000)).text.split(/[\s,;#、，]/));
  return parts
    .map((part) => part.replace(/^_{1,9}|(?<!_)_{1,9}$/g, ''))
    .filter((part) => part !== '')
    .slice(0, maxTags);
}

/** Maximum of hashtags read: each is searched in the text. */
const maxTags = 100;

/** True if a text may have #cablegate or #wlfind. A cheap prefilter that excludes most posts. */
export function mayBeMarked(text: string): boolean {
  return markFrom(text, 0) !== undefined || otherMarkPattern.test(text);
}

/** Folding may make it one: of a text of Latin-1 the engine reads nothing. `\uD835` begins the mathematical letters. */
const otherMarkPattern = /[\uFE5F\uFF03]|#[\uD835\uFF21-\uFF5A]/;

/** True if the post has #cablegate or #wlfind: then weak citations and unknown stations count. `text` is plain text. */
export function hasTopicTag(text: string, tags: readonly string[]): boolean {
  if (tags.some((tag) => /^(?:cablegate|wlfind)$/i.test(tag))) return true;
  for (let mark = markFrom(text, 0); mark !== undefined; mark = markFrom(text, mark.end)) {
    if (endsWord(text, mark.end) && signBefore(text, mark.start + 1) === 'hashtag') return true;
  }
  return false;
}

function markFrom(text: string, from: number): { start: number; end: number } | undefined {
  for (let at = text.indexOf('#', from); at !== -1; at = text.indexOf('#', at + 1)) {
    const letters = (text.charCodeAt(at + 1) | 32) * 256 + (text.charCodeAt(at + 2) | 32);
    if (letters !== caUnits && letters !== wlUnits) continue;
    topicTagPattern.lastIndex = at;
    if (topicTagPattern.test(text)) return { start: at, end: topicTagPattern.lastIndex };
  }
  return undefined;
}

/** The first two letters of each tag as one number: rejects other hashtags cheaply. */
const caUnits = 0x6361;
const wlUnits = 0x776c;

const topicTagPattern = /#(?:cablegate|wlfind)/iy;

/**
 * The context before a position: nothing, the sign of a hashtag, or a `#` that starts none (`x#07…`, `&#07…`). A hashtag may follow
 * another without a blank (`#cablegate#07ASTANA2244`), so the whole run of signs and letters must begin with `#`.
 */
export function signBefore(text: string, start: number): 'none' | 'hashtag' | 'broken' {
  if (text.charCodeAt(start - 1) !== 35) return 'none';
  let at = start - 1;
  while (at > 0 && start - at < 300 && (text[at - 1] === '#' || isWordUnit(text.charCodeAt(at - 1)))) at -= 1;
  if (start - at >= 300) return 'hashtag';
  while (text[at] === '_') at += 1;
  return text[at] === '#' && text[at - 1] !== '&' ? 'hashtag' : 'broken';
}

/**
 * Hashtags that count only beside #cablegate: unknown stations, two- and three-letter names, IDs without serial. `taken`: stretches that
 * are already citations, in order.
 */
export function findLooseTags(text: string, taken: readonly (readonly [number, number])[]): Found[] {
  const found: Found[] = [];
  let next = 0;
  for (let at = text.indexOf('#'); at !== -1; at = text.indexOf('#', at + 1)) {
    if (!isDigitUnit(text.charCodeAt(at + 1))) continue;
    while ((taken[next]?.[0] ?? Infinity) < at) next += 1;
    if (taken[next]?.[0] === at) continue;
    looseTagPattern.lastIndex = at;
    const tag = looseTagPattern.exec(text)?.[1];
    if (tag === undefined || text[looseTagPattern.lastIndex] === ellipsis || !endsWord(text, looseTagPattern.lastIndex))
      continue;
    const spelt = signBefore(text, at + 1) === 'hashtag' ? looseId(tag) : undefined;
    if (spelt !== undefined) found.push(tagAt(spelt, [at, looseTagPattern.lastIndex], null));
  }
  return found;
}

const looseTagPattern = /#(\d{2}[0-9A-Za-z]{2,42})/y;

/**
 * IDs among the platform's tags; one that the text shows gets its place there, one that it shows only in code, in a quotation or cut off is
 * left out.
 */
export function findPlatformTags(
  tags: readonly string[],
  folded: string,
  text: string,
  counting: { readonly beside: boolean; readonly weakCounts: boolean },
): Found[] {
  let looked = 0;
  const misspeltId = (tag: string) => {
    if (!counting.weakCounts || looked === maxMisspelt || !/\d/.test(tag)) return undefined;
    looked += 1;
    return misspelt(tag);
  };
  return tags.flatMap((tag) => {
    const spelt = (counting.beside ? looseId(tag) : strictId(tag)) ?? misspeltId(tag);
    if (spelt === undefined) return [];
    const at = placeOf(tag, text);
    if (at !== undefined && text[at + tag.length + 1] !== ellipsis)
      return [tagAt(spelt, [at, at + tag.length + 1], null)];
    return placeOf(tag, folded) === undefined ? [tagAt(spelt, null, tag)] : [];
  });
}

function strictId(tag: string): Spelt | undefined {
  const match = /^(\d{2}|\d{4})[A-Z_]{4,40}[0-9A-Z]{0,30}?(\d{1,8})$/i.exec(tag);
  if (match === null || (match[1]?.length === 4 && looksLikeYear(match[2] ?? ''))) return undefined;
  const id = canonicalReferenceId(tag);
  return id && { id, clues: null, strength: 'strong' };
}

/** Position of a hashtag in the text. Does not upper-case the text, which could change its length. */
function placeOf(tag: string, text: string): number | undefined {
  const pattern = new RegExp(`#${tag.replace(/[^0-9A-Za-z]/g, String.raw`\$&`)}(?!_{0,9}[0-9A-Za-z])`, 'i');
  return pattern.exec(text)?.index;
}

function tagAt(spelt: Spelt, span: readonly [number, number] | null, written: string | null): Found {
  return { ...spelt, kind: 'hashtag', span, written, paragraphs: [] };
}
