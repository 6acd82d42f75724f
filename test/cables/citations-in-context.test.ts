import { describe, expect, test } from 'vitest';
import { findCitations } from '../../src/cables/citations/find.ts';
import { citationsInContext } from '../../src/cables/citations-in-context.ts';

const above = (text: string) => findCitations({ text, hashtags: [], links: [] }, { weakCounts: true }).citations;
const asked = (question: string, text: string) =>
  citationsInContext(question, above(text)).map(({ referenceId, paragraphs }) =>
    [referenceId, ...paragraphs].join(' '),
  );

const one = '#cablegate #07ASTANA2244 ¶5';
const two = '07ASTANA2244 ¶5 and 06KABUL3934';

describe('a question without a citation', () => {
  test.each([
    ['@bot what is it?', one, ['07ASTANA2244 5']],
    ['and ¶8?', one, ['07ASTANA2244 8']],
    ['@bot@social.example ¶8', one, ['07ASTANA2244 8']],
    ['para 8?', one, ['07ASTANA2244 8']],
    ['Und Absatz 8?', one, ['07ASTANA2244 8']],
    ['¶¶8-10 and 12', one, ['07ASTANA2244 8 9 10 12']],
    ['same cable, ¶7', one, ['07ASTANA2244 7']],
    ['what about the next paragraph?', one, ['07ASTANA2244 6']],
    ['and the previous paragraph', one, ['07ASTANA2244 4']],
    ['and ¶5?', one, ['07ASTANA2244 5']],
    ['what does paragraph 8 of the treaty say?', one, ['07ASTANA2244 5']],
    ['> ¶8\nwhat is it?', one, ['07ASTANA2244 5']],
    [`${'so many words '.repeat(20)}¶8`, one, ['07ASTANA2244 8']],
    ['and ¶8?', two, ['07ASTANA2244 8', '06KABUL3934 8']],
    ['what are these?', two, ['07ASTANA2244 5', '06KABUL3934']],
    ['the next paragraph?', two, ['07ASTANA2244 6']],
    ['and ¶8?', '#07ASTANA2244 ¶5, and 07ASTANA2244 ¶6', ['07ASTANA2244 8']],
    ['and ¶8?', 'nothing here', []],
  ])('%j below %j is about %j', (question, text, expected) => {
    expect(asked(question, text)).toEqual(expected);
  });

  test('has no span in its own text', () => {
    expect(citationsInContext('and ¶8?', above(one))).toMatchObject([{ span: null, written: '#07ASTANA2244' }]);
  });
});
