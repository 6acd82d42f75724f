import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCitations } from '../../../src/cables/citations/find.ts';
import { malformedIds, namesInIds } from '../../../src/cables/ids/reference-id.ts';
import { malformedNear } from '../../../src/cables/repair/letters.ts';
import { readingsOf } from '../../../src/cables/repair/readings.ts';
import { cited, find } from './find.ts';

describe('what looks like an ID and is none', () => {
  test.each([
    ['#07ASTNA2244', 'hashtag', '07ASTNA2244', undefined],
    ['07ASTNA2244', 'id', '07ASTNA2244', undefined],
    ['#2244ASTANA07', 'hashtag', null, '2244ASTANA07'],
    ['07-2244-ASTANA', 'id', null, '07-2244-ASTANA'],
    ['ASTANA-07-2244', 'id', null, 'ASTANA-07-2244'],
    ['ASTANA072244', 'id', null, 'ASTANA072244'],
    ['#17ASTANA2244', 'hashtag', null, '17ASTANA2244'],
    ['#7ASTANA2244', 'hashtag', null, '7ASTANA2244'],
    ['#O7ASTANA2244', 'hashtag', null, 'O7ASTANA2244'],
    ['#07SETION01OF02ASTANA2244', 'hashtag', null, '07SETION01OF02ASTANA2244'],
    ['#093OF5', 'hashtag', null, '093OF5'],
  ])('%s counts weakly, beside #cablegate, in a tag feed or where the bot is asked', (text, kind, id, spelling) => {
    expect(cited(text)).toEqual([]);
    for (const found of [find(`#cablegate ${text}, see`), find(`see ${text}`, { weakCounts: true })]) {
      expect(found.citations).toMatchObject([{ kind, strength: 'weak', written: text, referenceId: id }]);
      expect(found.citations[0]?.clues?.spelling).toBe(spelling);
    }
  });

  test('counts twenty times among the platform’s tags: each is compared with every station', () => {
    const hashtags = Array.from({ length: 30 }, (_, serial) => `ASTNA07${2000 + serial}`);
    const { citations, surplus } = findCitations({ text: 'x', hashtags, links: [] }, { weakCounts: true });
    expect(citations.length + surplus).toBe(20);
  });

  test('counts among the platform’s tags, once and in its place', () => {
    const hashtags = ['cablegate', '2244ASTANA07'];
    expect(find('see', { hashtags }).citations).toMatchObject([
      { kind: 'hashtag', span: null, written: '2244ASTANA07', clues: { spelling: '2244ASTANA07' } },
    ]);
    expect(find('see #2244ASTANA07', { hashtags }).citations).toMatchObject([{ span: [4, 17] }]);
    expect(find('see `#2244ASTANA07`', { hashtags }).citations).toEqual([]);
    expect(find('see', { hashtags: ['07ASTNA2244'], weakCounts: true }).citations).toHaveLength(1);
    expect(find('see', { hashtags: ['07ASTNA2244'] }).citations).toEqual([]);
  });

  test('are none unasked: a number of the satire that a newspaper printed', () => {
    expect(cited('cable no RAJA176000')).toEqual([]);
    expect(cited('cable no RAJA176000', { weakCounts: true })).toEqual(['?']);
  });

  test.each([
    'covid19 2020',
    '07FOOBAR12',
    'user@07astna.org',
    'me@07ASTNA2244',
    '07ASTNA22…',
    'iPhone2007',
    'x07ASTNA2244y_',
    '2010FIFA',
    '`07ASTNA2244`',
  ])('%s is none', (text) => {
    expect(cited(text, { weakCounts: true })).toEqual([]);
  });

  test('a word with up to four digits behind it has no year, and no malformed ID is near', () => {
    const word = fc.oneof(fc.constantFrom(...namesInIds()), fc.stringMatching(/^[A-Z]{2,20}$/));
    const digits = fc.stringMatching(/^\d{1,4}$/);
    fc.assert(
      fc.property(word, digits, (name, number) => {
        const written = `${name}${number}`;
        expect(readingsOf(written).filter(({ year }) => year !== null)).toEqual([]);
        expect(malformedNear(written)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
    // One edit makes none of them such a word.
    expect(
      malformedIds().filter(([wrong]) => /^(?:[A-Z]*.?[A-Z]*\d{0,4}|[A-Z]*\d{0,4}.?\d{0,4})$/.test(wrong)),
    ).toEqual([]);
  });

  test('two of them are two', () => {
    expect(find('#cablegate 2244ASTANA07 2245ASTANA07').citations).toHaveLength(2);
  });
});

describe('a number of the newspapers’ index', () => {
  test.each(['cable 244972', 'Cable no. 244972', 'cable number 244972', 'cable #244972'])('%s is one', (text) => {
    expect(find(`${text}.`, { weakCounts: true }).citations).toMatchObject([
      { kind: 'description', strength: 'weak', written: text, referenceId: null, clues: { index: 244_972 } },
    ]);
    expect(cited(text)).toEqual([]);
  });

  test.each(['cable 2244', 'cable 251288', 'cable 100000%', 'cable 10000.50', 'cable 2449721', 'discable 244972'])(
    '%s is none',
    (text) => {
      expect(cited(text, { weakCounts: true })).toEqual([]);
    },
  );

  test('is none where a station stands beside it', () => {
    expect(find('cable 102345 from State', { weakCounts: true }).citations).toMatchObject([
      { clues: { station: 'STATE', serial: 102_345 } },
    ]);
  });
});
