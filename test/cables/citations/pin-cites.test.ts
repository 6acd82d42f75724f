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

  test.each([
    ['07ASTANA2244, paragraphe 3', '[3]'],
    ['07ASTANA2244, paragraphes 3 et 5', '[3,5]'],
    ['07ASTANA2244, § 3', '[3]'],
    ['07ASTANA2244 §§ 3-5', '[3,4,5]'],
    ['alinéa 4 du télégramme 07ASTANA2244', '[4]'],
    ['07ASTANA2244, párrafo 3', '[3]'],
    ['07ASTANA2244 (párrs. 3 a 5)', '[3,4,5]'],
    ['párrafos 3 y 5 del 07ASTANA2244', '[3,5]'],
    ['07ASTANA2244, parágrafo 3', '[3]'],
    ['no parágrafo 3 do telegrama 07ASTANA2244', '[3]'],
    ['07ASTANA2244, Absatz 3', '[3]'],
    ['Absätze 3 bis 5 von 07ASTANA2244', '[3,4,5]'],
    ['siehe 07ASTANA2244, Abs. 3', '[3]'],
    ['07ASTANA2244 Ziffer 3', '[3]'],
    ['07ASTANA2244 ist lang, aber in Absatz 12 steht es', '[12]'],
    ['07ASTANA2244, paragrafo 3', '[3]'],
    ['capoversi 3 e 5 di 07ASTANA2244', '[3,5]'],
    ['07ASTANA2244, alinea 3', '[3]'],
    ['07ASTANA2244, paragraaf 3 en 5', '[3,5]'],
    ['07ASTANA2244, stycke 3', '[3]'],
    ['stycket 3 i 07ASTANA2244', '[3]'],
    ['07ASTANA2244, п. 3', '[3]'],
    ['07ASTANA2244 пп. 3-5', '[3,4,5]'],
    ['в пункте 3 телеграммы 07ASTANA2244', '[3]'],
    ['07ASTANA2244, абзацы 3 и 5', '[3,5]'],
  ])('in other languages: %s', (text, paragraphs) => {
    expect(cited(text)).toEqual([`07ASTANA2244${paragraphs}`]);
  });

  test.each([
    '07ASTANA2244 ist lang, und es gilt § 3 des Gesetzes',
    '07ASTANA2244 est long. Voir paragraphe 3 du traité',
    '07ASTANA2244 ist lang. Siehe Absatz 3 der Verordnung',
    '07ASTANA2244 is long, 3 st. kvar, al. 4',
    '07ASTANA2244 и другие; см. закон, где есть п. 3',
  ])('in other languages, of something else: %s', (text) => {
    expect(cited(text)).toEqual(['07ASTANA2244']);
  });

  test('in other languages belong to an ID only', () => {
    expect(cited('ASTANA 2244, Absatz 3 #cablegate')).toEqual(['?']);
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

  test.each([
    ['07ASTANA2244 ¶3 and 07PARIS1791. Ibid. ¶7', ['07ASTANA2244[3]', '07PARIS1791[7]']],
    [
      '07ASTANA2244 ¶3, then 07PARIS1791 ¶2. A long word on it. Same cable, para 7',
      ['07ASTANA2244[3]', '07PARIS1791[2,7]'],
    ],
    ['07ASTANA2244, 07PARIS1791. I like ¶7 of it', ['07ASTANA2244', '07PARIS1791[7]']],
    ['07ASTANA2244, 07PARIS1791 are long, ibid., ¶¶7-8', ['07ASTANA2244', '07PARIS1791[7,8]']],
    ['07PARIS1791 and 07ASTANA2244 ¶5, and read the next paragraph', ['07PARIS1791', '07ASTANA2244[5,6]']],
    ['07ASTANA2244 ¶5; the previous paragraph is better', ['07ASTANA2244[4,5]']],
    ['https://wikileaks.org/cable/2007/08/07ASTANA2244.html#par5 and the following paragraph', ['07ASTANA2244[5,6]']],
    ['07ASTANA2244 is long. The next paragraph of mine', ['07ASTANA2244']],
    ['Ibid. ¶7, the next paragraph. 07ASTANA2244 is long, 07PARIS1791 too', ['07ASTANA2244', '07PARIS1791']],
    ['07ASTANA2244 ¶1, and the previous paragraph', ['07ASTANA2244[1]']],
    ['07ASTANA2244; 07PARIS1791, ebd., Absatz 7', ['07ASTANA2244', '07PARIS1791[7]']],
  ])('that refer back belong to the citation before them: %s', (text, expected) => {
    expect(cited(text)).toEqual(expected);
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
