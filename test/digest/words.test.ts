import { describe, expect, test } from 'vitest';
import { type Language, languages } from '../../src/core/text/languages.ts';
import { wordsOf } from '../../src/digest/words/index.ts';
import { englishLeft } from '../support/english-left.ts';

/** Spelled alike in English and the language. */
const alike: Readonly<Record<Exclude<Language, 'en'>, string>> = {
  de: 'bot in link links was',
  es: 'bot cable cables no',
  fr: 'bot certain citation citations classification corrections date description site',
  pt: 'a bot link links site',
};

describe.each(languages.filter((each) => each !== 'en'))('the digest in %s', (language) => {
  test.each([0, 1, 2, 1000])('has no English word, with counts of %i', (n) => {
    const [english, told] = [allTexts('en', n), allTexts(language, n)];
    expect(told.flatMap((text, i) => englishLeft(english[i] ?? '', text, alike[language]))).toEqual([]);
  });
});

test.each([
  ['en', '0 posts, 1 post, 2 posts'],
  ['de', '0 Beiträge, 1 Beitrag, 2 Beiträge'],
  ['es', '0 publicaciones, 1 publicación, 2 publicaciones'],
  ['fr', '0 publication, 1 publication, 2 publications'],
  ['pt', '0 publicação, 1 publicação, 2 publicações'],
] as const)('plurals in %s are those of the language', (language, expected) => {
  const posts = [0, 1, 2].map((n) => /^\d+ \p{L}+/u.exec(wordsOf(language).postsBefore(n, ''))?.[0]);
  expect(posts.join(', ')).toBe(expected);
});

/** Every text of a digest, with each number `n` and the other arguments empty. */
function allTexts(language: Language, n: number): string[] {
  const textsIn = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    if (typeof value !== 'object' || value === null) return [];
    return Object.values(value).flatMap(textsIn);
  };
  const words = wordsOf(language);
  const { locale: _, title, only, unfinished, summary, summaryTrends, mostOften, ...others } = words;
  const { notPublic, moreCables, risingLabel, risingFrom, postsBefore, late, referenceCount, ...labels } = others;
  const sentences = [title(''), only(''), unfinished(''), summary(n, n, '', ''), summary(n, 0, '', '')];
  const counts = [summaryTrends(n, n), mostOften('', n), notPublic(n), moreCables(n), late(n), referenceCount(n)];
  return [...sentences, ...counts, risingLabel(n, ''), risingFrom('', n, ''), postsBefore(n, ''), ...textsIn(labels)];
}
