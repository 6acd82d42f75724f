import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainDeclassification, orderOn, explainReason } from '../../../src/cables/explain/authority.ts';
import { explainMarking } from '../../../src/cables/explain/markings.ts';
import { explainPrecedence, explainTag } from '../../../src/cables/explain/explain-cable.ts';
import { isMarking } from '../../../src/cables/parse/paragraphs/marking.ts';

describe('the order in force', () => {
  test.each([
    ['1953-12-14', undefined, null, undefined],
    ['1966-05-01', '10501', null, null],
    ['1973-01-01', '11652', null, null],
    ['1979-01-01', '12065', null, null],
    ['1982-07-31', '12065', null, null],
    ['1982-08-01', '12356', null, '1.3'],
    ['1995-10-13', '12356', null, '1.3'],
    ['1995-10-14', '12958', null, '1.5'],
    ['2003-03-24', '12958', null, '1.5'],
    ['2003-03-25', '12958', '13292', '1.4'],
    ['2010-02-28', '12958', '13292', '1.4'],
    ['2010-06-26', '12958', '13292', '1.4'],
    ['2010-06-27', '13526', null, '1.4'],
  ])('on %s was %s, amended by %s', (day, number, amendedBy, section) => {
    const order = orderOn(day);
    expect([order?.number, order?.amendedBy ?? null, order?.section]).toEqual([number, amendedBy, section]);
    if (number !== undefined) expect(order?.url).toBe(`https://en.wikisource.org/wiki/Executive_Order_${number}`);
    expect(order?.amendmentUrl ?? null).toBe(
      amendedBy === null ? null : `https://en.wikisource.org/wiki/Executive_Order_${amendedBy}`,
    );
  });

  test('is told with one that is signed but not in force yet', () => {
    expect(orderOn('2009-12-28')?.upcoming).toBeNull();
    expect(orderOn('2009-12-29')?.upcoming).toEqual({ number: '13526', signed: '2009-12-29', since: '2010-06-27' });
    expect(orderOn('1995-05-01')).toMatchObject({ number: '12356', upcoming: { number: '12958' } });
    expect(orderOn('2010-06-27')?.upcoming).toBeNull();
  });
});

describe('a reason', () => {
  test.each([
    ['1.4(a)', '2007-01-01', '1.4(a)', 'military plans', null],
    ['1.5(d)', '2001-01-01', '1.5(d)', 'foreign relations', null],
    ['1.4(h)', '2007-01-01', '1.4(h)', 'weapons of mass destruction', null],
    ['1.5(b)', '2005-01-01', '1.4(b)', 'foreign government', 'were in section 1.4 of E.O. 12958 as amended'],
    ['1.4(b)', '2001-01-01', '1.5(b)', 'foreign government', 'on 2001-01-01 the reasons were in section 1.5'],
    ['1.5(h)', '2001-01-01', null, null, 'E.O. 12958 has no reason (h)'],
    ['1.4(h)', '2001-01-01', null, null, 'section 1.5 of E.O. 12958; E.O. 12958 has no reason (h)'],
    ['1.3(a)', '1990-01-01', '1.3(a)', 'ten kinds of information', null],
    ['1.4(b)', '1979-06-01', null, null, 'E.O. 12065, in force on 1979-06-01, numbers its reasons in another way'],
    ['1.4(e)', '2004-01-01', '1.4(e)', 'transnational terrorism', null],
    ['1.4(b)', null, '1.4(b)', 'foreign government', null],
    ['1.5(g)', null, '1.5(g)', 'vulnerabilities', null],
    ['1.7(b)', null, null, null, null],
  ])('%s on %s', (written, day, inForce, words, mismatch) => {
    const reason = explainReason(written, day);
    expect(reason).toMatchObject({ written, inForce });
    expect(reason.words ?? '').toContain(words ?? '');
    expect(reason.words === null).toBe(words === null);
    expect(reason.mismatch ?? '').toContain(mismatch ?? '');
    expect(reason.mismatch === null).toBe(mismatch === null);
  });

  test('has words for every letter of both numberings', () => {
    for (const letter of 'abcdefg') expect(explainReason(`1.5(${letter})`, '1999-01-01').words).not.toBeNull();
    for (const letter of 'abcdefgh') {
      expect(explainReason(`1.4(${letter})`, '2009-01-01').words).not.toBeNull();
      expect(explainReason(`1.4(${letter})`, '2011-01-01').words).not.toBeNull();
    }
  });
});

describe('a marking', () => {
  const noForeignNationals = 'not for release to foreign nationals';
  test.each([
    ['U', 'unclassified'],
    ['C', 'confidential'],
    ['s', 'secret'],
    ['TS', 'top secret'],
    ['SBU', 'sensitive but unclassified'],
    ['S/NF', `secret, ${noForeignNationals}`],
    ['S//NF', `secret, ${noForeignNationals}`],
    ['S-NF', `secret, ${noForeignNationals}`],
    ['C NF', `confidential, ${noForeignNationals}`],
    ['S/NOFORN', `secret, ${noForeignNationals}`],
    ['U//FOUO', 'unclassified, for official use only'],
    ['SBU/NF', `sensitive but unclassified, ${noForeignNationals}`],
    ['S//FGI//NF', `secret, contains foreign government information, ${noForeignNationals}`],
    ['C/REL NATO', 'confidential, releasable to NATO'],
    ['S/RELNATO', 'secret, releasable to NATO'],
    ['S//REL NATO, ISAF', 'secret, releasable to NATO and the International Security Assistance Force'],
    ['SECRET/REL USA, GBR, XYZ', 'secret, releasable to the United States, the United Kingdom and XYZ'],
    ['S//REL TO USA, AUS', 'secret, releasable to the United States and Australia'],
    ['S/REL', 'secret, releasable, it does not say to whom'],
    ['C/EYES ONLY', 'confidential, for the eyes of the addressees only'],
    ['CONFIDENTIAL', 'confidential'],
    ['CONFIDENTIAL//NOFORN', `confidential, ${noForeignNationals}`],
    ['SECRET//NOFORN', `secret, ${noForeignNationals}`],
    ['UNCLASSIFIED//FOR OFFICIAL USE ONLY', 'unclassified, for official use only'],
  ])('%s is %s', (written, words) => expect(explainMarking(written)).toMatchObject({ written, words, misprint: null }));

  test.each([
    ['N/SF', 'S/NF'],
    ['NF/C', 'C/NF'],
    ['NF/S', 'S/NF'],
    ['S/SF', 'S/NF'],
    ['C/N', 'C/NF'],
  ])('%s is a misprint of %s', (written, right) => {
    expect(explainMarking(written)).toMatchObject({
      words: explainMarking(right).words,
      level: { code: right[0] },
      misprint: `${written} is read as ${right}`,
    });
  });

  test('of any form that counts as one has a level and words for all controls', () => {
    const level = fc.constantFrom('U', 'C', 'S', 'SBU', 'LOU', 'FOUO', 'TS', 'SECRET', 'UNCLAS', 'N', 'NF');
    const caveat = fc.constantFrom(
      ...'NF NOFORN FOUO SBU LOU LES SENSITIVE FGI NATO ISAF ORCON OC PROPIN EXDIS NODIS LIMDIS STADIS SF N C'.split(
        ' ',
      ),
    );
    const marking = fc
      .tuple(level, fc.array(caveat, { maxLength: 3 }), fc.constantFrom('/', '//', ' ', '-'))
      .map(([first, rest, between]) => [first, ...rest].join(between))
      .filter(isMarking);
    fc.assert(
      fc.property(marking, (written) => {
        const { level: found, controls, words } = explainMarking(written);
        expect(found).not.toBeNull();
        for (const control of controls) expect(control.words).not.toBe('');
        expect(words).toMatch(/^[a-z]/);
      }),
    );
  });

  test('of a level that nobody knows is left as printed', () => {
    expect(explainMarking('Q/NF')).toMatchObject({ level: null, words: `Q, ${noForeignNationals}` });
  });
});

describe('DECL', () => {
  test.each([
    [null, 'no date or event is printed in this copy'],
    ['2017-08-21', 'on 21 August 2017, 10 years after it was sent'],
    ['2008-08-22', 'on 22 August 2008, 1 year after it was sent'],
    ['2007-10-01', 'on 1 October 2007, within a year'],
    ['2007-01-01', 'on 1 January 2007, before it was sent'],
    ['MR', 'on no date: only after a review (MR: manual review)'],
    ['OADR', expect.stringContaining('originating agency')],
    ['99/99/9999', expect.stringContaining('on no date')],
    ['X1', expect.stringContaining('after 10 years (X1): an intelligence source')],
    ['1.6 X6', expect.stringContaining('after 10 years (X6): damage to relations')],
    ['25X1', expect.stringContaining('after 25 years (25X1): a confidential human source')],
    ['25X9', expect.stringContaining('after 25 years (25X9)')],
    [
      'TEN YEARS AFTER CLOSURE OF THE POST',
      expect.stringMatching(/^when this event has happened.*CLOSURE OF THE POST$/),
    ],
    ['UPON REUNIFICATION OF KOREA', expect.stringContaining('when this event has happened')],
    ['SOMETHING', 'as printed: SOMETHING'],
  ])('%j', (decl, words) => expect(explainDeclassification(decl, true, '2007-08-21T14:32Z')).toEqual(words));

  test('of what is not classified', () => {
    expect(explainDeclassification(null, false, null)).toBe('nothing to declassify: it is not classified');
    expect(explainDeclassification('2017-08-21', true, null)).toBe('on 21 August 2017');
  });
});

test.each([
  ['R', 'routine'],
  ['OO', 'immediate'],
  ['Z', 'flash'],
  ['O P', 'immediate to those who are to act, priority to those who are informed'],
  ['PR', 'priority to those who are to act, routine to those who are informed'],
  ['X', undefined],
  ['', undefined],
  ['ROP', undefined],
])('precedence %j is %s', (letters, words) => expect(explainPrecedence(letters)).toBe(words));

test.each([
  ['RS', 'country', 'Russia', null],
  ['CH', 'country', 'China (Mainland)', null],
  ['PREL', 'subject', 'External Political Relations', 'political affairs'],
  ['KDEM', 'program', 'Democratization', null],
  ['BP', 'country', 'Solomon Islands, or British Petroleum Company', null],
  ['AFL-CIO', 'organization', 'American Federation of Labor-Congress of Industrial Organizations', null],
  ['HUMAN RIGHTS', 'topic', null, null],
  ['BUSH, GEORGE', 'person', 'George Bush', null],
  ["O'BRIEN, MARY-ANN", 'person', "Mary-Ann O'Brien", null],
  ['PQQQ', 'unknown', null, 'political affairs'],
  ['QQ', 'unknown', null, null],
])('tag %s is a %s', (tag, kind, meaning, group) => expect(explainTag(tag)).toEqual({ tag, kind, meaning, group }));
