import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../src/cables/parse/parse-document.ts';

const seed = readFileSync(new URL('../../../config/sample/07ASTANA2244.txt', import.meta.url), 'utf8');
const { cables, rejects } = parseDocument(seed);
const cable = cables[0];
const texts = cable?.paragraphs.map((paragraph) => paragraph.text) ?? [];

describe('the seed, a page re-posted on a blog', () => {
  test('is one cable and nothing is rejected', () => {
    expect(cables).toHaveLength(1);
    expect(rejects).toEqual([]);
  });

  test('has the metadata of its table and header', () => {
    expect(cable).toMatchObject({
      referenceId: '07ASTANA2244',
      publishedId: '07ASTANA2244',
      created: '2007-08-19T23:55Z',
      createdAsPrinted: '2007-08-19 23:55',
      released: '2011-08-30T01:44Z',
      releasedAsPrinted: '2011-08-30 01:44',
      classification: 'UNCLASSIFIED//FOR OFFICIAL USE ONLY',
      origin: 'Embassy Astana',
      dtg: '2007-08-19T23:55Z',
      precedence: 'R',
      eo: '12958',
      decl: null,
      header: 'DE RUEHTA #2244/01 2312355\nR 192355Z AUG 07 ZDK',
    });
  });

  test('refers to two cables of its own year and station', () => {
    expect(cable?.references).toEqual([
      { id: '07ASTANA2221', letter: 'A', asWritten: 'Astana 2221' },
      { id: '07ASTANA2223', letter: 'B', asWritten: 'Astana 2223' },
    ]);
  });

  test('has 24 paragraphs in order with their markings as printed', () => {
    expect(cable?.paragraphs.map((paragraph) => paragraph.number)).toEqual(
      Array.from({ length: 24 }, (_, index) => index + 1),
    );
    const sbu = cable?.paragraphs
      .filter((paragraph) => paragraph.marking === 'SBU')
      .map((paragraph) => paragraph.number);
    expect(sbu).toEqual([1, 2, 9, 14, 15, 16, 17, 18]);
    expect(cable?.paragraphs.every((paragraph) => paragraph.marking === 'SBU' || paragraph.marking === 'U')).toBe(true);
  });

  test('keeps the seven points as lines inside paragraph 20', () => {
    const lines = texts[19]?.split('\n') ?? [];
    expect(lines).toHaveLength(8);
    expect(lines[0]).toMatch(/points in NSDP's platform:$/);
    expect(lines[3]).toBe('3. Reform and subsidize higher education');
    expect(lines[7]).toMatch(/^7\. Support Kazakhstani common people\. .* foreign investors\.$/);
  });

  test('has its anchors by the viewer rule: none for paragraph 3, whose id leads into paragraph 20', () => {
    const list = ['par1', 'par2', 'par3', 'par4', 'par5', 'par6', 'par7'];
    expect(cable?.anchors).toEqual(['par1', 'par2', ...numbered(4, 20), ...list, ...numbered(21, 24)]);
    expect(cable?.anchorTargets.find((anchorTarget) => anchorTarget.anchor === 'par3')).toEqual({
      anchor: 'par3',
      paragraph: 20,
      exact: false,
    });
    expect(
      cable?.anchorTargets.filter((anchorTarget) => !anchorTarget.exact).map((anchorTarget) => anchorTarget.anchor),
    ).toEqual(['par3']);
    expect(
      cable?.paragraphs.filter((paragraph) => paragraph.anchor === null).map((paragraph) => paragraph.number),
    ).toEqual([3]);
    expect(cable?.paragraphs[4]?.anchor).toBe('par5');
  });

  test('tells what the copy lost', () => {
    const told = cable?.warnings.map(({ code, paragraph, message }) => [code, paragraph, message] as const) ?? [];
    expect(told.filter(([code]) => code === 'cut-off').map(([, paragraph]) => paragraph)).toEqual([13, 18]);
    expect(told.filter(([code]) => code === 'missing-line').map(([, , message]) => message)).toEqual([
      'the header has no FM line',
      'the header has no TO line',
      'no TAGS line',
      'no SUBJECT line',
    ]);
    expect(told.filter(([code]) => code === 'broken-word')).toEqual([
      ['broken-word', 15, expect.stringContaining('"Nur"')],
    ]);
    expect(told).toHaveLength(7);
  });

  test('rejoins the torn word and leaves the one that lost letters', () => {
    expect(texts[22]).toContain('to common Kazakhstani people.');
    expect(texts[14]).toContain('said that the N Otan posters');
  });

  test('takes the blank line inside paragraph 6 for damage and the page breaks out of 12 and 18', () => {
    expect(texts[5]).toMatch(/^Tazhenov said that according to President Nazarbayev, economics is first/);
    expect(texts[11]).toContain('He said the event was extremely well attended.');
    expect(texts[17]).toContain('any official pressure, but she says she can go');
  });

  test('keeps no page break, heading rule, blog introduction or comment form', () => {
    const all = [...texts, cable?.header].join('\n');
    expect(all).not.toMatch(
      / OF 004|-----|ASTANA 0000|Post a comment|WordPress|Leave a Reply|WikiSource|Discussing cables/,
    );
    expect(texts[23]).toMatch(/concluded in about 5 minutes\.$/);
    expect(texts[0]).toMatch(/counting issues\. End summary\.$/);
  });
});

/** `par4`, `par5`, ... */
function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `par${from + index}`);
}
