import type { PostRecord } from './wire.ts';

const sign = '[#＃]';
/** No letter, digit or part of a URL before it. */
const start = String.raw`(?<![\p{L}\p{N}_&/=?.:])`;
const inTag = String.raw`[\p{L}\p{N}\p{M}_·・\u200c\u200d-]`;
const written = new RegExp(`${start}${sign}(${inTag}{1,200})`, 'gu');

const mostTags = 100;

/**
 * Hashtags of a post, without their sign: those of its facets, of its own list, and in its text. None of the three is enough: clients do not
 * mark `(#tag)` and `"#tag"`, and mark `#one,#two` as one tag; tags of the list are not in the text.
 */
export function hashtagsOf({ text, tags, facets }: PostRecord): string[] {
  const marked = facets.flatMap(({ features }) => features.flatMap(({ tag }) => tag ?? []));
  const spelled = Array.from(text.matchAll(written), ([, tag = '']) => tag);
  const all = [...marked, ...tags, ...spelled].flatMap((tag) => tag.split(/[#＃,;、，\s]+/u));
  return [...new Set(all.map((tag) => tag.replace(/[-_]+$/, '').slice(0, 200)).filter((tag) => tag !== ''))].slice(
    0,
    mostTags,
  );
}

/** Two digits of a year, a station, a number: 07ASTANA2244, with the separators that people use. */
const mayBeId =
  /(?<![A-Z\d])(?:[06-9]\d|10|\d0(?=[STU]))[ _\u00a0\u2010-\u2013-]{0,2}[A-Z][A-Z’'_-]*(?: [A-Z]+){0,2}[ _\u00a0\u2010-\u2013-]{0,2}\d/i;
const cableHosts = ['wikileaks', 'cablegate', 'cabledrum'];
const mayBeCableUrl = new RegExp(cableHosts.join('|'), 'i');
const foldable = /[\u200b\uff00-\uff5e]/;

/** Matches posts that may cite cables. */
export interface Interest {
  /** Quick prefilter of a text: false only if `accepts` would be false too. */
  mayMatch(text: string): boolean;
  /** True for one of the hashtags, or for anything in the form of a reference ID or cable URL. */
  accepts(record: PostRecord, links: readonly string[]): boolean;
}

export function interestIn(tags: readonly string[]): Interest {
  const wanted = new Set(tags.map(fold));
  // One search in lower case is faster than a case-insensitive one, and thousands of posts a second pass here.
  const words = new Set([...cableHosts, ...tags].map((word) => word.toLowerCase()));
  const anyWord = new RegExp([...Array.from(words, (word) => RegExp.escape(word)), foldable.source].join('|'), 'u');
  const cites = (text: string) => mayBeId.test(text) || mayBeCableUrl.test(text);
  const plain = (text: string) => (foldable.test(text) ? text.normalize('NFKC').replaceAll('\u200b', '') : text);
  return {
    mayMatch: (text) => mayBeId.test(text) || anyWord.test(text.toLowerCase()),
    accepts: (record, links) =>
      hashtagsOf(record).some((tag) => wanted.has(fold(tag)) || cites(tag)) ||
      cites(plain(record.text)) ||
      links.some(cites),
  };
}

function fold(tag: string): string {
  return tag.normalize('NFKC').toLowerCase();
}
