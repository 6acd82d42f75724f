import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseReferences } from '../../../../src/cables/parse/header/references.ts';
import { sampleTest } from '../../../support/sample-test.ts';
import { parserCases } from '../../../support/samples.ts';

/** Text, year, and per reference what it names, 1 for a cable, its letter. */
const Args = z.tuple([
  z.string(),
  z.number(),
  z.array(z.tuple([z.string(), z.number(), z.string().nullable()]).rest(z.unknown())),
]);

/** `A 07STATE1`, `- "words"` per reference. */
function told(text: string, year = 2007, station?: string): string[] {
  return parseReferences(text, { year, station }).map(
    ({ id, letter, asWritten }) => `${letter ?? '-'} ${id ?? JSON.stringify(asWritten)}`,
  );
}

describe('what real REF lines have', () => {
  test.each([
    ['REF: A. 09DHAHRAN 201 B. 09RIYADH 1302 C. RIYADH 103', ['A 09DHAHRAN201', 'B 09RIYADH1302', 'C 07RIYADH103']],
    ['REF: (A) STATE 1 (B) 7 FAM 180', ['A 07STATE1', 'B "7 FAM 180"']],
    ['REF: (A) 05 CASA 1220', ['A "05 CASA 1220"']],
    ['REF: 08 KIGALI 00830--05/DEC/2008', ['- 08KIGALI830']],
    ['REFS: (1) 2005 RIO DE JANEIRO 1143, (2) 2005 BRASILIA 2', ['- 05RIODEJANEIRO1143', '- 05BRASILIA2']],
    ['REF: 05 0TTAWA 3518', ['- 05OTTAWA3518']],
    ['REF: STATE (01) 201265', ['- 01STATE201265']],
    ['REF: C. 03 HANOI 1 D. 03 \n\nHANOI 2323', ['- 03HANOI1', '- 03HANOI2323']],
    ['REFS: \n \n¶A. RIO 0108 B. STATE 2', ['A 07RIODEJANEIRO108', 'B 07STATE2']],
    ['REF: A) STATE 1 B) STATE 2 C) RIO \n \nDE JANEIRO 1291', ['A 07STATE1', 'B 07STATE2', 'C 07RIODEJANEIRO1291']],
    [
      'REF: A) Kabul 936/935; B) Kabul 692/317/274/162',
      ['A 07KABUL936', 'A 07KABUL935', 'B 07KABUL692', 'B 07KABUL317', 'B 07KABUL274', 'B 07KABUL162'],
    ],
    ['REF: KUWAIT (C)02293', ['- 07KUWAIT2293']],
    ['REF: AMMAN 07718 99', ['- 99AMMAN7718']],
    ['REF: (A) Kabul 2304 \n \n- (B) State 5', ['A 07KABUL2304', 'B 07STATE5']],
    ['REF: (A) Colomobo 2304 \n \n- (B) State 5', ['A "Colomobo 2304"', 'B 07STATE5']],
    ['REF: 1) STATE 12 2) PARIS 14', ['- 07STATE12', '- 07PARIS14']],
    ['REFS: 1. STATE 12\n2. 06 PARIS 14', ['- 07STATE12', '- 06PARIS14']],
    ['REF: [1] STATE 12 [2] PARIS 14', ['- 07STATE12', '- 07PARIS14']],
    ['REF: A. 8 USC 1182 B. STATE 2', ['A "8 USC 1182"', 'B 07STATE2']],
    ['REF: \n\n1. (C) State 5 was read.', []],
    ['REF: 1. Summary of 12', []],
    ['REF: STATE 1\n\nSummary of 12 pages', ['- 07STATE1']],
    ['REF: STATE 1\n\nOn 12 May 30 people', ['- 07STATE1']],
  ])('%j', (text, expected) => expect(told(text, 2007, 'STATE')).toEqual(expected));
});

describe('a REF line', () => {
  test.each([
    ['REF: A. STATE 1  B. 06 STATE 2', ['A 07STATE1', 'B 06STATE2']],
    ['REF: A) STATE 1, B) STATE 2', ['A 07STATE1', 'B 07STATE2']],
    ['Refs: (A) State 1; (B) State 2', ['A 07STATE1', 'B 07STATE2']],
    ['REF: [A] STATE 1 [B] STATE 2', ['A 07STATE1', 'B 07STATE2']],
    ['REF: a) State 1 b) State 2', ['A 07STATE1', 'B 07STATE2']],
    ['REF: (a) State 1 (b) State 2', ['A 07STATE1', 'B 07STATE2']],
    ['REF A STATE 1 B STATE 2', ['A 07STATE1', 'B 07STATE2']],
    ['REF: A. (A) STATE 1\n¶B. (B) STATE 2', ['A 07STATE1', 'B 07STATE2']],
    ['REF: A. A: STATE 1 B. B: STATE 2', ['A 07STATE1', 'B 07STATE2']],
    ['REF: A. REF: STATE 1 B. STATE 2', ['A 07STATE1', 'B 07STATE2']],
    ['A. REF STATE 1\nB. STATE 2', ['A 07STATE1', 'B 07STATE2']],
    ['REF: STATE 1', ['- 07STATE1']],
    ['SUBJECT: A MARKETREF: CAIRO 493', ['- 07CAIRO493']],
    ['REFTEL: STATE 1', ['- 07STATE1']],
  ])('is parted at its letters: %j', (text, expected) => expect(told(text)).toEqual(expected));

  test.each([
    ['2005 STATE 1', '05STATE1'],
    ['(99) ROME 2', '99ROME2'],
    ['STATE 1 (05)', '05STATE1'],
    ['STATE 1 (2005)', '05STATE1'],
    ['STATE 00789/05', '05STATE789'],
    ['STATE 5049-05', '05STATE5049'],
    ['10-OTTAWA-57', '10OTTAWA57'],
    ['2005PANAMA2342', '05PANAMA2342'],
    ['05STATE1', '05STATE1'],
    ['O5 STATE 1', '05STATE1'],
    ['005 STATE 1', '05STATE1'],
    ['STATE 000001', '07STATE1'],
    ['STATE O12', '07STATE12'],
    ['05 SANTIAG0 465', '05SANTIAGO465'],
    ['Port-au-Prince 12', '07PORTAUPRINCE12'],
    ['RIO DE JAN \n \n0044', '07RIODEJANEIRO44'],
    ['AMEMBASSY ASTANA 12', '07ASTANA12'],
    ['STATE CABLE 12', '07STATE12'],
    ['PARIS 2007', '07PARIS2007'],
  ])('reads %j', (text, id) => expect(told(`REF: ${text}`)).toEqual([`- ${id}`]));

  test('goes on with the station above', () => {
    expect(told('REF: PARIS 1 and 2, 3')).toEqual(['- 07PARIS1', '- 07PARIS2', '- 07PARIS3']);
    expect(told('REF: 05 PARIS 1, 2')).toEqual(['- 05PARIS1', '- 05PARIS2']);
    expect(told('REF: A. PARIS 1 B. 2 AND PREVIOUS')).toEqual(['A 07PARIS1', 'B 07PARIS2']);
    expect(told('REF: PARIS 1 AND 2 (2005)')).toEqual(['- 07PARIS1', '- 05PARIS2']);
    expect(told('REF: A) 6307 B) STATE 2', 2007, 'ANKARA')).toEqual(['A 07ANKARA6307', 'B 07STATE2']);
    expect(told('REF: A) 6307 B) STATE 2')).toEqual(['A "6307"', 'B 07STATE2']);
  });

  test('names no cable for an e-mail, a report or a year', () => {
    expect(told('REF: A. SMITH/JONES E-MAIL 10/15/07 B. STATE 1 C. INCSR BRAZIL 2008')).toEqual([
      'A "SMITH/JONES E-MAIL 10/15/07"',
      'B 07STATE1',
      'C "INCSR BRAZIL 2008"',
    ]);
    expect(told('REF: A. PARIS 1 B. DAILY REPORT C. 2007 AND PREVIOUS')).toEqual([
      'A 07PARIS1',
      'B "DAILY REPORT"',
      'C "2007 AND PREVIOUS"',
    ]);
    expect(told('REF: A. PARIS 1 B. E-MAILS 22-24 AUG 05')).toEqual(['A 07PARIS1', 'B "E-MAILS 22-24 AUG 05"']);
  });

  test.each([
    'REF: STATE 1\n\nClassified By: J. SMITH, STATE 2',
    'REF: STATE 1 CLASSIFIED BY: STATE 2',
    'REF: STATE 1\n1. (U) STATE 2',
    'REF: STATE 1 \n \n1.  Summary. STATE 2',
    'REF: STATE 1\n\nS e c r e t state 000002',
    'REF: STATE 1\nSENSITIVE BUT UNCLASSIFIED STATE 2',
    'REF: STATE 1\n\nSummary: STATE 2',
    'REF: STATE 1\nSTATE 00000002  001.2 OF 003',
    'REF: STATE 1 CONFIDENTIAL PAGE 02 ROME 01196 01 OF 02 082030Z',
  ])('ends before what is no reference: %j', (text) => expect(told(text)).toEqual(['- 07STATE1']));

  test('says what is written', () => {
    expect(
      parseReferences('REF: A. 06 Rio de \nJaneiro 0012 B. STATE 1 (05) C. (99) ROME 2', {
        year: 2007,
        station: undefined,
      }),
    ).toEqual([
      { id: '06RIODEJANEIRO12', letter: 'A', asWritten: '06 Rio de Janeiro 0012' },
      { id: '05STATE1', letter: 'B', asWritten: 'STATE 1 (05)' },
      { id: '99ROME2', letter: 'C', asWritten: '(99) ROME 2' },
    ]);
  });

  test('may be missing', () => expect(told('TAGS: PREL\nSUBJECT: X\nA reference to STATE 1')).toEqual([]));
});

describe('the sampled cases of the known parser', () => {
  sampleTest('hold, all of the reader', () => {
    const cases = parserCases('reader_references');
    expect(cases.length).toBeGreaterThan(20);
    for (const { args } of cases) {
      const [text, year, , expected] = args;
      const ids = parseReferences(String(text), { year: Number(year), station: undefined }).flatMap(
        ({ id }) => id ?? [],
      );
      expect(ids).toEqual(expected);
    }
  });

  /** Expectations that are wrong themselves, and what is right. */
  const misprints: Record<string, string[]> = {
    // Its second number is left out, though `GUANGZHOU 11657 and 7743` is expected to name two.
    'Ref: [A] State 188314, 259032, [B] Ottawa 2285 ': ['A 05STATE188314', 'A 05STATE259032', 'B 05OTTAWA2285'],
    // An e-mail is expected as an entry, this licence is not.
    'REF: A) USDOC 06988 B) EXP.LIC. D328589 C) HK \n03591 D) HK 07053 E) HK 04648 ': [
      'A 07USDOC6988',
      'B "EXP.LIC. D328589"',
      'C 07HONGKONG3591',
      'D 07HONGKONG7053',
      'E 07HONGKONG4648',
    ],
    // 7572 is expected.
    'REF: Paris 7472 and 7677 ': ['- 05PARIS7472', '- 05PARIS7677'],
    // 2969 is expected twice.
    'REF: A. MANILA 2969 \n     ¶B. 2962 AND PREVIOUS \n ': ['A 06MANILA2969', 'B 06MANILA2962'],
    // 798 is expected.
    'REF: A. A: PANAMA 00789/08 \n     B. B: PANAMA 00930/08\n     ': ['A 08PANAMA789', 'B 08PANAMA930'],
    // The letter B is left out.
    'REF: A) 6307 B) STATE 285773 ': ['A 03ANKARA6307', 'B 03STATE285773'],
  };

  sampleTest('hold, all of the new reader that are right themselves', () => {
    const cases = parserCases('reader_references_ng');
    expect(cases.length).toBeGreaterThan(10);
    for (const { args } of cases) {
      const [text, year, expected] = Args.parse(args);
      const right = expected.map(
        ([what, kind, letter]) => `${letter ?? '-'} ${kind === 1 ? what : JSON.stringify(what)}`,
      );
      // The case of 6307 is a cable of Ankara, which its text does not say.
      expect(told(text, year, 'ANKARA')).toEqual(misprints[text] ?? right);
    }
  });
});
