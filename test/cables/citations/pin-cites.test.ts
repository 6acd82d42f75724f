import { describe, expect, test } from 'vitest';
import { cited, find } from './find.ts';

describe('pin cites', () => {
  test.each([
    ['#cablegate #07ASTANA2244 ¶5', '07ASTANA2244[5]'],
    ['07ASTANA2244, para 3', '07ASTANA2244[3]'],
    ['07ASTANA2244 ¶ 3', '07ASTANA2244[3]'],
    ['07ASTANA2244 ¶¶3-5', '07ASTANA2244[3,4,5]'],
    ['07ASTANA2244 ¶¶3–5', '07ASTANA2244[3,4,5]'],
    ['07ASTANA2244 paras. 3, 7 and 9', '07ASTANA2244[3,7,9]'],
    ['07ASTANA2244 (paragraphs 3 to 5)', '07ASTANA2244[3,4,5]'],
    ['07ASTANA2244 Paragraph 3', '07ASTANA2244[3]'],
    ['07ASTANA2244 par3', '07ASTANA2244[3]'],
    ['07ASTANA2244 par. 3', '07ASTANA2244[3]'],
    ['07ASTANA2244#par3', '07ASTANA2244[3]'],
    ['¶3 and ¶7 07ASTANA2244', '07ASTANA2244[3,7]'],
    ['07ASTANA2244 ¶3 and ¶7', '07ASTANA2244[3,7]'],
    ['¶3 of 07ASTANA2244', '07ASTANA2244[3]'],
    ['para 3 in the cable #07ASTANA2244', '07ASTANA2244[3]'],
    ['#07ASTANA2244 #kazakhstan https://t.co/x ¶5', '07ASTANA2244[5]'],
    ['¶5 #cablegate #07ASTANA2244', '07ASTANA2244[5]'],
    ['ASTANA 2244, para 3 #cablegate', '?[3]'],
    ['07ASTANA2244 para 3, 7 people died', '07ASTANA2244[3]'],
    ['07ASTANA2244 ¶5ff', '07ASTANA2244[5]'],
    ['07ASTANA2244 ¶5f. and more', '07ASTANA2244[5]'],
    ['07ASTANA2244 paras 5ff', '07ASTANA2244[5]'],
    ['07ASTANA2244 ¶5a', '07ASTANA2244[5]'],
    ['07ASTANA2244 paragraph #5', '07ASTANA2244[5]'],
    ['07ASTANA2244 Para. No. 5', '07ASTANA2244[5]'],
    ['07ASTANA2244 ¶s 3, 4', '07ASTANA2244[3,4]'],
    ['07ASTANA2244 para 3 personas', '07ASTANA2244'],
    ['07ASTANA2244 para 10 años', '07ASTANA2244'],
    ['07ASTANA2244 para 3 y 4 personas', '07ASTANA2244'],
    ['07ASTANA2244 para 3 says so', '07ASTANA2244[3]'],
    ['07ASTANA2244 para. 3 argues so', '07ASTANA2244[3]'],
    ['para 3 07ASTANA2244', '07ASTANA2244[3]'],
    ['para 3 ASTANA 2244 #cablegate', '?[3]'],
    ['Paragraph 5 of the treaty; 07ASTANA2244', '07ASTANA2244'],
    ['07ASTANA2244, paragraph 5 of the cable', '07ASTANA2244[5]'],
    ['paragraph 5 of this cable: 07ASTANA2244', '07ASTANA2244[5]'],
    ['07ASTANA2244 ¶5g', '07ASTANA2244'],
    ['07ASTANA2244 ¶0', '07ASTANA2244'],
    ['07ASTANA2244 ¶1000', '07ASTANA2244'],
    ['07ASTANA2244 ¶5%', '07ASTANA2244'],
    ['07ASTANA2244 `¶5`', '07ASTANA2244'],
  ])('%s', (text, expected) => {
    expect(cited(text)).toEqual([expected]);
  });

  test('belong to what they touch: after an ID first, then before; `of` binds to what follows', () => {
    expect(cited('07ASTANA2244 ¶3 07ASTANA2221')).toEqual(['07ASTANA2244[3]', '07ASTANA2221']);
    expect(cited('¶3 of 07ASTANA2244, ¶5 of 07ASTANA2221')).toEqual(['07ASTANA2244[3]', '07ASTANA2221[5]']);
    expect(cited('07ASTANA2244\n¶3 07ASTANA2221')).toEqual(['07ASTANA2244', '07ASTANA2221[3]']);
    expect(cited('07ASTANA2244 and 07ASTANA2221 are long. Later on I liked ¶3')).toEqual([
      '07ASTANA2244',
      '07ASTANA2221',
    ]);
  });

  test.each([
    '07ASTANA2244 ¶2; ¶3 of 07PARIS1791',
    '¶2 (07ASTANA2244), ¶3 (07PARIS1791)',
    '¶2 – 07ASTANA2244; ¶3 – 07PARIS1791',
    '¶2 07ASTANA2244 ¶3 07PARIS1791',
    'See:\n¶2 07ASTANA2244 ¶3 07PARIS1791',
  ])('%j is a paragraph of each', (text) => {
    expect(cited(text)).toEqual(['07ASTANA2244[2]', '07PARIS1791[3]']);
  });

  test('that touch nothing go to the only cable, when they are on its line or within 80 units', () => {
    expect(cited('07ASTANA2244 is long, but I liked ¶12.')).toEqual(['07ASTANA2244[12]']);
    expect(cited(`07ASTANA2244 is long ${'and more '.repeat(20)}¶12.`)).toEqual(['07ASTANA2244[12]']);
    expect(cited('07ASTANA2244 is long\nbut I liked ¶12.')).toEqual(['07ASTANA2244[12]']);
    expect(cited(`07ASTANA2244 is long\n${'and more '.repeat(20)}¶12.`)).toEqual(['07ASTANA2244']);
  });

  test('two sets are two citations only where the ID is repeated', () => {
    expect(cited('07ASTANA2244 ¶3. And 07ASTANA2244 ¶7')).toEqual(['07ASTANA2244[3]', '07ASTANA2244[7]']);
    expect(cited('07ASTANA2244 ¶3. And 07ASTANA2244')).toEqual(['07ASTANA2244[3]']);
    expect(cited('07ASTANA2244 ¶3. And 07ASTANA2244 ¶3')).toEqual(['07ASTANA2244[3]']);
  });

  test('name fifty paragraphs at most', () => {
    const [citation] = find('07ASTANA2244 ¶¶1-999').citations;
    expect(citation?.paragraphs).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });
});
