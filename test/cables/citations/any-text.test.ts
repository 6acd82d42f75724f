import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allStations } from '../../../src/cables/ids/stations.ts';
import { find } from './find.ts';

const before = [
  '',
  ' ',
  '#',
  '(',
  '“',
  '"',
  ', ',
  '\n',
  '🙂 ',
  '#cablegate ',
  '*',
  '- ',
  '¿',
  '漢字',
  '\u3000',
  '[',
  '/',
];
const behind = ['', ' ', ')', '”', '.', ', ', '!', '\n', ' 🙂', '’s', ';', '漢字', ']', '/', '-', "'s"];
const id = fc
  .record({
    year: fc.constantFrom('66', '85', '99', '00', '07', '10'),
    station: fc.constantFrom(...allStations().map(({ code }) => code)),
    serial: fc.integer({ min: 1, max: 999_999 }),
  })
  .map(({ year, station, serial }) => `${year}${station}${serial}`);
const around = fc.string({
  unit: fc.constantFrom('the', ' ', 'cable', 'says', '¶', '5', '#', 'é', '漢', '🙂', '\n'),
  maxLength: 12,
});
const pieces = '07ASTANA2244|#|¶|3|-|,| |\n|`|>|"|https://|/cable/|para |ASTANA|\uD800|é|of'.split('|');
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join('')),
);

describe('whatever the text', () => {
  test('an ID within it is found at its place', () => {
    fc.assert(
      fc.property(around, fc.constantFrom(...before), id, fc.constantFrom(...behind), (lead, mark, written, end) => {
        const text = `${lead} ${mark}${written}${end}`;
        const start = lead.length + 1 + mark.length;
        const found = find(text).citations.find(({ span }) => span?.[1] === start + written.length);
        expect(found?.written.replace('#', '')).toBe(written);
        expect(found?.span?.[0]).toBe(mark === '#' ? start - 1 : start);
      }),
      { numRuns: 500 },
    );
  });

  test('nothing is thrown and all is bounded', () => {
    fc.assert(
      fc.property(anyText, fc.array(anyText, { maxLength: 3 }), fc.boolean(), (text, others, weakCounts) => {
        const { citations, surplus, beside } = find(text, { hashtags: others, links: others, weakCounts });
        expect(citations.length).toBeLessThanOrEqual(10);
        expect(surplus).toBeGreaterThanOrEqual(0);
        expect(citations.filter(({ paragraphs }) => paragraphs.length > 50)).toEqual([]);
        expect(citations.filter(({ strength }) => strength === 'weak' && !weakCounts && !beside)).toEqual([]);
        const spans = citations.flatMap(({ span }) => (span === null ? [] : [span]));
        expect(spans.filter(([start, end]) => start < 0 || start >= end || end > text.length)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  // A step that looked back or ahead without bound would need minutes for a million units.
  const hostile = [
    [
      '#',
      '7',
      '07',
      'a',
      'A7',
      '¶3,',
      '¶',
      ' ',
      '"',
      '`',
      '`a',
      '``` ',
      '\n> ',
      '#a',
      '３',
      '~~~\n',
      '``a` ',
      'ã',
      '\u00AD',
      '1\u00AD',
      ',https://',
      'www.… ',
      '¶2 07ASTANA2244 ',
      'a.',
      '%2F',
      '#07X',
    ],
    ['07ASTANA2244 ', '#07ASTANA2244', '07ASTANA2244 ¶3 ', '07ASTANA2244 para ', '10 ASTANA ', 'ASTANA 1 ', '07A '],
    ['cable 1 from ', 'a" "b ', 'https://', '/cable/', '/cable.php?', 'www.', '#cablegate', 'para 3-', "'"],
  ].flat();

  test.each(hostile)('a million units of %j are read in the test’s time', (piece) => {
    const text = `#cablegate ${piece.repeat(Math.ceil(1_000_000 / piece.length))}`;
    const { citations } = find(text, { hashtags: [text], links: [text], weakCounts: true });
    expect(citations.length).toBeLessThanOrEqual(10);
  });
});
