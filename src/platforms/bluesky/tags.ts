import type { PostRecord } from './wire.ts';

const sign = '[#＃]';
/** No letter, digit or part of a URL stands before it. */
const start = String.raw`(?<![\p{L}\p{N}_&/=?.:])`;
const inTag = String.raw`[\p{L}\p{N}\p{M}_·・\u200c\u200d-]`;
const written = new RegExp(`${start}${sign}(${inTag}{1,200})`, 'gu');

const mostTags = 100;

/**
 * Hashtags of a post, without their sign: of facets, of the record's own list, and as written in the text. None of them is enough: clients
 * mark `(#tag)` and `"#tag"` not at all, and `#one,#two` as one tag; the list's tags stand in no text.
 */
export function tagsOf({ text, tags, facets }: PostRecord): string[] {
  const marked = facets.flatMap(({ features }) => features.flatMap(({ tag }) => tag ?? []));
  const spelled = Array.from(text.matchAll(written), ([, tag = '']) => tag);
  const all = [...marked, ...tags, ...spelled].flatMap((tag) => tag.split(/[#＃,;、，\s]+/u));
  return [...new Set(all.map((tag) => tag.replace(/[-_]+$/, '').slice(0, 200)).filter((tag) => tag !== ''))].slice(
    0,
    mostTags,
  );
}

/** Two digits of a year, the name of a place, a number: as in 07ASTANA2244, with what people put between. */
const mayBeId =
  /(?<![A-Z\d])(?:[06-9]\d|10|\d0(?=[STU]))[ _\u00a0\u2010-\u2013-]{0,2}[A-Z][A-Z’'_-]*(?: [A-Z]+){0,2}[ _\u00a0\u2010-\u2013-]{0,2}\d/i;
const addresses = ['wikileaks', 'cablegate', 'cabledrum'];
const mayBeAddress = new RegExp(addresses.join('|'), 'i');
const foldable = /[\u200b\uff00-\uff5e]/;

/** Which posts may be about cables. */
export interface Listener {
  /** Whether these words can be a reason to listen at all; quick, and never too strict. */
  may(words: string): boolean;
  /** One of the tags, or something that looks like an ID or an address of a cable. */
  accepts(record: PostRecord, links: readonly string[]): boolean;
}

export function openListener(tags: readonly string[]): Listener {
  const wanted = new Set(tags.map(fold));
  // One search for all of them, in small letters, which is quicker than one that ignores case: thousands of posts a second are looked at so.
  const reasons = new Set([...addresses, ...tags].map((word) => word.toLowerCase()));
  const anyWord = new RegExp([...Array.from(reasons, (word) => RegExp.escape(word)), foldable.source].join('|'), 'u');
  const cites = (words: string) => mayBeId.test(words) || mayBeAddress.test(words);
  const plain = (words: string) => (foldable.test(words) ? words.normalize('NFKC').replaceAll('\u200b', '') : words);
  return {
    may: (text) => mayBeId.test(text) || anyWord.test(text.toLowerCase()),
    accepts: (record, links) =>
      tagsOf(record).some((tag) => wanted.has(fold(tag)) || cites(tag)) ||
      cites(plain(record.text)) ||
      links.some(cites),
  };
}

function fold(tag: string): string {
  return tag.normalize('NFKC').toLowerCase();
}
