import { describe, expect, test } from 'vitest';
import { canonicalReferenceId } from '../../../src/cables/ids/reference-id.ts';
import { madeIds } from '../../support/made-ids.ts';
import { sampleTest } from '../../support/sample-test.ts';
import { listedIds } from '../../support/samples.ts';
import { cited, find, first } from './find.ts';

describe('strong citations', () => {
  test.each([
    ['#07ASTANA2244', 'hashtag', '#07ASTANA2244'],
    ['so #07astana2244!', 'hashtag', '#07astana2244'],
    ['＃07ASTANA2244', 'hashtag', '＃07ASTANA2244'],
    ['＃０７ＡＳＴＡＮＡ２２４４', 'hashtag', '＃０７ＡＳＴＡＮＡ２２４４'],
    ['#cablegate#07ASTANA2244', 'hashtag', '#07ASTANA2244'],
    ['#07-ASTANA-2244', 'hashtag', '#07-ASTANA-2244'],
    ['#07_ASTANA_2244', 'hashtag', '#07_ASTANA_2244'],
    ['07ASTANA2244', 'id', '07ASTANA2244'],
    ['(07ASTANA2244)', 'id', '07ASTANA2244'],
    ['“07ASTANA2244”', 'id', '07ASTANA2244'],
    ['07astana2244,', 'id', '07astana2244'],
    ['07ASTANA002244', 'id', '07ASTANA002244'],
    ['2007ASTANA2244', 'id', '2007ASTANA2244'],
    ['07 ASTANA 2244', 'id', '07 ASTANA 2244'],
    ['07\u00A0ASTANA\u00A02244', 'id', '07\u00A0ASTANA\u00A02244'],
    ['07 Astana 002244', 'id', '07 Astana 002244'],
    ['07 Astana 2244', 'id', '07 Astana 2244'],
    ['07–ASTANA–2244', 'id', '07–ASTANA–2244'],
    ['07-astana-2244', 'id', '07-astana-2244'],
    ['07 AMEMBASSY ASTANA 2244', 'id', '07 AMEMBASSY ASTANA 2244'],
    ['in 10 days 07 ASTANA 2244', 'id', '07 ASTANA 2244'],
    ['07ASTANA2244_a', 'id', '07ASTANA2244_a'],
    ['外交公電07ASTANA2244です', 'id', '07ASTANA2244'],
  ])('%s is one', (text, kind, written) => {
    expect(cited(text)).toEqual(['07ASTANA2244']);
    expect(first(text)).toEqual({ kind, strength: 'strong', written });
    const [citation] = find(text).citations;
    expect(text.slice(...(citation?.span ?? [0, 0]))).toBe(written);
  });

  test.each([
    ['08THEHAGU799', '08THEHAGUE799'],
    ['09EFTOLONDON2884', '09LONDON2884'],
    ['08SECTION01OF03CAIRO1416', '08CAIRO1416'],
    ['0901OF02RPODUBAI288', '09DUBAI288'],
    ['#092OF5', '09STATE126780'],
    ['#06ASTANA', '06ASTANA204'],
    ['09BAU339', '09BAKU339'],
    ['08ACCRA001382SUSPECTEDDUPLICATE1392', '08ACCRA1392'],
    ['#070TTAWA12', '07OTTAWA12'],
    ['#030TTAWA12', '03OTTAWA12'],
    ['05COTON0U12', '05COTONOU12'],
    ['07 PORT-AU-PRINCE 1212', '07PORTAUPRINCE1212'],
    ['#07-PORT-AU-PRINCE-12', '07PORTAUPRINCE12'],
    ['07 ASTANA 02', '07ASTANA2'],
    ["09 N'DJAMENA 123", '09NDJAMENA123'],
    ['08 Ho Chi Minh City 333', '08HOCHIMINHCITY333'],
    ['08 São Paulo 0012', '08SAOPAULO12'],
    ['08 São Paulo 123', '08SAOPAULO123'],
    ['#08SãoPaulo12', '08SAOPAULO12'],
    ['09 Asunción 123', '09ASUNCION123'],
    ['09 ASUNCIÓN 123', '09ASUNCION123'],
    ['07\u200BASTANA\u200B2244', '07ASTANA2244'],
    ['07AST\u00ADANA2244', '07ASTANA2244'],
    ['07AS\u0085TANA2244', '07ASTANA2244'],
    ['08PARISFR1500', '08PARISFR1500'],
    ['#07ASTANA22\u200B44', '07ASTANA2244'],
    ['#07ASTANA22\u200C44', '07ASTANA2244'],
    ['#07ASTANA22\u200D44', '07ASTANA2244'],
    ['07ASTANA22\u00AD44', '07ASTANA2244'],
    ['07ASTANA22\uFE0F44', '07ASTANA2244'],
    ['0\u20607\u2060A\u2060STANA22\u2060\u206044', '07ASTANA2244'],
    ['0\u03327\u0332A\u0332STANA2244\u0332', '07ASTANA2244'],
    ['#07ASTANA2244\u200Band more', '07ASTANA2244'],
    ['see\u200B07ASTANA2244', '07ASTANA2244'],
    ['08 Sa\u0303o Paulo 123', '08SAOPAULO123'],
    ['08 Hà Nội 123', '08HANOI123'],
    ['#07ASTANA٢٢٤٤', '07ASTANA2244'],
    ['#٠٧ASTANA22٤٤', '07ASTANA2244'],
    ['𝟬𝟳𝗔𝗦𝗧𝗔𝗡𝗔𝟮𝟮𝟰𝟰', '07ASTANA2244'],
    ['_#07ASTANA2244_', '07ASTANA2244'],
    ['__07ASTANA2244__', '07ASTANA2244'],
    ['#07ASTANA2244_', '07ASTANA2244'],
    ['~~07ASTANA2244~~ ||#07ASTANA2244||', '07ASTANA2244'],
    ['#07ASTANA2244@x', '07ASTANA2244'],
    ['#07ASTANA2244＠x', '07ASTANA2244'],
    ['#07ASTANA2244\u037E', '07ASTANA2244'],
    ['#07ASTANA2244×2', '07ASTANA2244'],
    ['＆#07ASTANA2244', '07ASTANA2244'],
    ['#07ASTANA2244#cablegate', '07ASTANA2244'],
    ['#07ASTANA2244＃cablegate', '07ASTANA2244'],
  ])('%s is %s', (text, id) => {
    expect(cited(text)).toEqual([id]);
  });

  test('come in the order of the text, each once', () => {
    expect(cited('07ASTANA2221, #07ASTANA2223/07ASTANA2244 and again 07 ASTANA 2221')).toEqual([
      '07ASTANA2221',
      '07ASTANA2223',
      '07ASTANA2244',
    ]);
  });

  test('keep their place and spelling behind letters with accents', () => {
    expect(find('Já à ação: #08SãoPaulo12').citations).toMatchObject([{ span: [11, 24], written: '#08SãoPaulo12' }]);
  });

  test('stand behind code and between its marks that do not pair', () => {
    expect(cited('~~~\ncode\n~~~\n07ASTANA2244 ``a` 07ASTANA2221')).toEqual(['07ASTANA2244', '07ASTANA2221']);
  });

  test('keep their place behind, and over, characters of two units and characters that nobody sees', () => {
    const written = '#𝟬7AST\u200DANA٢244';
    const text = `🙂 𝟭𝟮 \u{E0041}a\u200D ${written} b`;
    expect(find(text).citations).toMatchObject([{ written, referenceId: '07ASTANA2244' }]);
  });

  test('are at most ten; the rest is counted', () => {
    const text = Array.from({ length: 25 }, (_, index) => `07ASTANA${index + 1}`).join(' ');
    expect(find(text).citations).toHaveLength(10);
    expect(find(text).surplus).toBe(15);
  });
});

test.each([
  ['1973BRUSSE01930_b', '73BRUSSELS1930'],
  ['1975NEWDE14031', '75NEWDELHI14031'],
  ['1974STATE012345_b', '74STATE12345'],
  ['#1977STATE235935', '77STATE235935'],
])('a telegram of 1973 to 1979 is written in PlusD’s form: %s', (text, id) => {
  expect(cited(text)).toEqual([id]);
});

describe('names of stations in other languages', () => {
  test.each([
    ['08 LONDRES 1115', '08LONDON1115'],
    ['08LONDRES1115', '08LONDON1115'],
    ['#08Londres1115', '08LONDON1115'],
    ['08-Londres-1115', '08LONDON1115'],
    ['#09Bruxelles1115', '09BRUSSELS1115'],
    ['07 MÜNCHEN 115', '07MUNICH115'],
    ['07 LA HAYE 115', '07THEHAGUE115'],
    ["09 L'AVANA 115", '09HAVANA115'],
    ['08 МОСКВА 1115', '08MOSCOW1115'],
    ['#08МОСКВА1115', '08MOSCOW1115'],
    ['08 Нью-Дели 115', '08NEWDELHI115'],
    ['08Киев115', '08KYIV115'],
  ])('%s is %s', (text, id) => {
    expect(cited(text, { weakCounts: true })).toEqual([id]);
    const [citation] = find(text, { weakCounts: true }).citations;
    expect(citation?.written).toBe(text);
  });

  test.each(['LONDRES 1115', 'Londres 1115', 'Moscou 2008', 'в 08 Москве 115 человек'])('%s names no cable', (text) => {
    expect(cited(text, { weakCounts: true })).toEqual([]);
  });
});

describe('a number of sections or pages is no year', () => {
  test.each([
    'C O N F I D E N T I A L SECTION 01 OF 04 MADRID 001141',
    'UNCLAS SECTION 02 OF 03 CARACAS 003356',
    'page 3 of 04 MADRID 000604',
    'RIYADH 00001141  001.2 OF 04 MADRID 001141',
  ])('%s', (text) => {
    expect(find(text).citations).toEqual([]);
    expect(find(text, { weakCounts: true }).citations).toContainEqual(
      expect.objectContaining({ kind: 'no-year', referenceId: null, clues: expect.objectContaining({ year: null }) }),
    );
  });

  test('beside its own ID it is no second citation', () => {
    const text = '05MADRID1141 #cablegate\nC O N F I D E N T I A L SECTION 01 OF 04 MADRID 001141';
    expect(cited(text)).toEqual(['05MADRID1141']);
  });
});

test.each(['cable_09STATE15113', 'FICHA_P2_09ASUNCION675.md', '07ASTANA2244_redacted.html'])(
  'joined to other words by an underscore it is weak: %s',
  (text) => {
    expect(first(text)).toBeUndefined();
    expect(first(text, { weakCounts: true })).toMatchObject({ kind: 'id', strength: 'weak' });
  },
);

describe('no citation', () => {
  test.each([
    '#90DAYFIANCE2 #2024ELECTION1 COVID19',
    'flight BA2490 to JFK, seat 07A, gate 12B',
    'part no. 10KL5 or 05SD12, 737-800, A320',
    '#2010London2012 #2010Brazil2014',
    'on 05 paris 10 people met; 10 Doha 2022',
    'TOP 10 LONDON 99999 things',
    'x#07ASTANA2244',
    '&#07ASTANA2244;',
    'someone@07ASTANA2244 and 07ASTANA2244@example.org',
    'A07ASTANA2244 07ASTANA2244B é07ASTANA2244',
    '12307ASTANA2244',
    '`07ASTANA2244`',
    '```\n07ASTANA2244\n```',
    'text ``` 07ASTANA2244',
    '~~~\n07ASTANA2244\n~~~',
    'text\n~~~ sh\n07ASTANA2244',
    '``a ` 07ASTANA2244``',
    '07ASTANA2244² 07ASTANA22½44 07ASTANA22Ⅳ #07ASTANA22①',
    '07ASTANA22と44',
    '> 07ASTANA2244',
    'yes\n  > #07ASTANA2244 ¶5\nno',
    '#06Astana was a fine month, 06 ASTANA',
    '¶5',
    '',
  ])('%j has none', (text) => {
    expect(cited(text)).toEqual([]);
  });

  test.each([
    '#07ASTANA22…',
    'see 07ASTANA22…',
    '07 ASTANA 22…',
    '#06ASTANA…',
    'ASTANA 22…',
    'cable 22… from Astana',
    '#07FOOBAR1…',
  ])('what is cut off (%s) has none, even as the platform’s hashtag', (text) => {
    const tag = /#(\w+)/.exec(text)?.[1];
    expect(
      cited(`the cable #cablegate ${text}`, { hashtags: tag === undefined ? [] : [tag], weakCounts: true }),
    ).toEqual([]);
  });

  test('before three dots an ID is weak', () => {
    expect(first('07ASTANA22...')).toBeUndefined();
    expect(first('#08THEHAGU799...')).toBeUndefined();
    expect(first('07ASTANA22...', { weakCounts: true })).toMatchObject({ kind: 'id', strength: 'weak' });
    expect(cited('07ASTANA2244..')).toEqual(['07ASTANA2244']);
  });

  test('a hashtag that the text shows only in code or a quoted line does not count, though the platform lists it', () => {
    expect(cited('> #07ASTANA2244\nwhat a cable', { hashtags: ['07ASTANA2244'] })).toEqual([]);
  });
});

describe('every ID of a list is found in a post, as a hashtag and bare', () => {
  test('of 5,000 made IDs', () => {
    expect(madeIds(4).filter(({ id, right }) => isLost(id, right))).toEqual([]);
  });

  sampleTest('of all published IDs', () => {
    expect(listedIds().filter(({ id }) => isLost(id, canonicalReferenceId(id)))).toEqual([]);
  });
});

function isLost(id: string, right: string | undefined): boolean {
  return [`see #${id}.`, id].some((text) => find(text).citations[0]?.referenceId !== right);
}
