import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchQuotation, readQuotation } from '../../../../src/cables/corpus/search/find-quotation.ts';
import { editsBetween } from '../../../../src/core/text/edit-distance.ts';
import { placesOf, wordsOf } from '../../../../src/cables/corpus/search/terms.ts';

const text = wordsOf(
  'Nazarbayev’s son-in-law told the Ambassador that the café in Almaty had been "closed" for reasons of State, and left.',
);

function match(written: string) {
  return matchQuotation(readQuotation(written), text);
}

describe('words', () => {
  test('are told apart by letters and digits alone, whatever their case, accents and marks', () => {
    expect(wordsOf('Café—“NAÏVE” son-in-law’s e\u0301tat 3.5%')).toEqual([
      'cafe',
      'naive',
      'son',
      'in',
      'law',
      's',
      'etat',
      '3',
      '5',
    ]);
  });

  test('have as many places as there are words, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (any) => {
        expect(wordsOf(any)).toHaveLength(placesOf(any).length);
      }),
    );
  });
});

describe('a quotation', () => {
  test.each([
    'the ambassador that the cafe in Almaty',
    "“Nazarbayev's SON IN LAW … had been closed for reasons of state”",
    'told the Ambassador [...] closed for [raisons] of State, and left',
    'Son-in-law told . . . and left',
  ])('is exact where all words stand in their order, with what is left out: %s', (written) => {
    expect(match(written)).toMatchObject({ score: 1, exact: true });
  });

  test('is not exact where words are left out in silence, changed or swapped', () => {
    expect(match('told the Ambassador that in Almaty')).toMatchObject({ exact: false });
    expect(match('told the Ambasador that the cafe in Almaty')).toMatchObject({ exact: false });
    expect(match('… and left told the Ambassador …')).toMatchObject({ exact: false });
  });

  test('loses less by a misspelt word than by a missing one, and less by that than by all', () => {
    const [right, near, missing, none] = [
      'told the ambassador that the cafe in almaty',
      'told the ambasador that the cafe in almaty',
      'told the minister that the cafe in almaty',
      'nothing whatsoever stands here of these words',
    ].map((written) => match(written).score);
    expect(right).toBe(1);
    expect(near).toBeLessThan(1);
    expect(missing).toBeLessThan(near!);
    expect(none).toBeLessThan(0.3);
  });

  test('has a word where its text has one that is a letter or two off, whichever letters they are', () => {
    const word = fc.stringMatching(/^[a-z0-9а-я]{4,12}$/);
    const edit = fc.record({ at: fc.nat(), letter: fc.stringMatching(/^[a-z0-9а-я]$/), take: fc.nat(1) });
    fc.assert(
      fc.property(word, fc.array(edit, { minLength: 1, maxLength: 2 }), (one, edits) => {
        const other = edits.reduce((now, { at, letter, take }) => {
          const from = at % now.length;
          return `${now.slice(0, from)}${letter}${now.slice(from + take)}`;
        }, one);
        const most = one.length < 8 ? 1 : 2;
        const count = editsBetween(one, other, most);
        // Half of the words must be there exactly.
        const { score } = matchQuotation({ words: ['is', one], gaps: new Set() }, ['is', other]);
        expect(score).toBeCloseTo((count <= most ? 2 - count / one.length : 1) / 2);
      }),
    );
  });

  test('says where it begins and ends', () => {
    const { from, to } = match('the ambasador that the cafe in almaty');
    expect([text[from], text[to]]).toEqual(['the', 'almaty']);
  });

  const word = fc.stringMatching(/^[a-z]{1,8}$/);
  test('that is cut out of a text is exact, and without one of its words scores by one word less at least nearly', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 8, maxLength: 40 }), fc.nat(), fc.nat(), (words, a, b) => {
        const from = a % (words.length - 7);
        const part = words.slice(from, from + 8);
        expect(matchQuotation(readQuotation(part.join(' ')), words)).toMatchObject({ score: 1, exact: true });
        const wrong = part.with(b % 8, 'zzzzzzzzzzzz');
        expect(matchQuotation(readQuotation(wrong.join(' ')), words).score).toBeGreaterThanOrEqual(
          7 / 8 - 0.1 / 8 - 1e-9,
        );
      }),
    );
  });
});
