import { altTextsOf, linksOf, type PostRecord } from './wire.ts';

const sign = '[#＃]';
/** No letter, digit or part of a URL before it. */
const start = String.raw`(?<![\p{L}\p{N}_&/=?.:])`;
const inTag = String.raw`[\p{L}\p{N}\p{M}_·・\u200c\u200d-]`;
const written = new RegExp(`${start}${sign}(${inTag}{1,200})`, 'gu');

const mostTags = 100;

/** The lookbehind keeps it linear: a run of signs is tried from its start only. */
const endPattern = /(?<![-_])[-_]+$/;

/**
 * Hashtags of a post, without their sign: those of its facets, of its own list, and in its text. None of the three is enough: clients do not
 * mark `(#tag)` and `"#tag"`, and mark `#one,#two` as one tag; tags of the list are not in the text.
 */
export function hashtagsOf({ text, tags, facets }: PostRecord): string[] {
  const marked = facets.flatMap(({ features }) => features.flatMap(({ tag }) => tag ?? []));
  const spelled = Array.from(text.matchAll(written), ([, tag = '']) => tag);
  const all = [...marked, ...tags, ...spelled].flatMap((tag) => tag.split(/[#＃,;、，\s]+/u));
  return [...new Set(all.map((tag) => tag.replace(endPattern, '').slice(0, 200)).filter((tag) => tag !== ''))].slice(
    0,
    mostTags,
  );
}

/** Two digits of a year, a station, a number: 07ASTANA2244, with the separators that people use. The day and hour of a time, 08T20:15, are none. */
const mayBeId =
  /(?<![A-Z\d])(?:[06-9]\d|10|\d0(?=[STU]))(?!T\d\d(?!\d))[ _\u00a0\u2010-\u2013-]{0,2}[A-Z][A-Z’'_-]*(?: [A-Z]+){0,2}[ _\u00a0\u2010-\u2013-]{0,2}\d/i;
const cableHosts = ['wikileaks', 'cablegate', 'cabledrum'];
const mayBeCableUrl = new RegExp(cableHosts.join('|'), 'i');
const foldable = /[\u200b\uff00-\uff5e]/;

/** The same in JSON as bytes, where a letter may be written as an escape, and one beyond ASCII is two bytes or three. */
const inBytes = {
  mayBeId:
    /[^A-Z\d](?:[06-9]\d|10|\d0(?=[STU]))(?!T\d\d(?!\d))[ _\x80-\xff-]{0,6}[A-Z][A-Z'_\x80-\xff-]*(?: [A-Z]+){0,2}[ _\x80-\xff-]{0,6}\d/i,
  foldable: ['\xe2\x80\x8b', '\xef\xbc', '\xef\xbd'],
  /** Of a letter, or of white space before what may be an ID. */
  escapes: /\\(?:[u/]|[bfnrt](?:[06-9]\d|\d0)[ _A-Z\x80-\xff-])/i,
};

/** Matches posts that may cite cables or address the bot. */
export interface Interest {
  /**
   * Quick prefilter of a post's JSON, its bytes as letters (latin1). It errs on the safe side: false only if `accepts` would be false too and
   * the bot is not named.
   */
  readonly mayMatter: (json: string) => boolean;
  /** True for one of the hashtags, or for anything in the form of a reference ID or cable URL. */
  accepts(record: PostRecord): boolean;
}

/** `bot`: DID of the account. */
export function interestIn(hashtags: readonly string[], bot?: string): Interest {
  const wanted = new Set(hashtags.map(fold));
  const anyWord = new RegExp([...cableHosts, ...hashtags, ...wanted].map(patternInBytes).join('|'), 'i');
  const cites = (text: string) => mayBeId.test(text) || mayBeCableUrl.test(text);
  const plain = (text: string) => (foldable.test(text) ? text.normalize('NFKC').replaceAll('\u200b', '') : text);
  return {
    mayMatter: (json) =>
      anyWord.test(json) ||
      inBytes.mayBeId.test(json) ||
      (bot !== undefined && json.includes(bot)) ||
      inBytes.foldable.some((bytes) => json.includes(bytes)) ||
      (json.includes('\\') && inBytes.escapes.test(json)),
    accepts: (record) =>
      hashtagsOf(record).some((tag) => wanted.has(fold(tag)) || cites(tag)) ||
      [record.text, ...altTextsOf(record)].some((text) => cites(plain(text))) ||
      linksOf(record).some(cites),
  };
}

/** Matches the longest part of a word that is ASCII, in any case, since the case of other letters does not show in their bytes; or any such letter. */
function patternInBytes(word: string): string {
  const parts = JSON.stringify(word)
    .slice(1, -1)
    .split(/[^\0-\x7f]+/);
  const longest = parts.reduce((one, other) => (other.length > one.length ? other : one));
  return longest === '' ? '[\\x80-\\xff]' : RegExp.escape(longest);
}

function fold(tag: string): string {
  return tag.normalize('NFKC').toLowerCase();
}
