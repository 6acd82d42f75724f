import { describe, expect, test } from 'vitest';
import { pageTimes } from '../../../../src/cables/parse/header/created.ts';
import { parseClassification, parseExecutiveOrder, parseReasons } from '../../../../src/cables/parse/header/opening.ts';
import { parseTransmission } from '../../../../src/cables/parse/header/transmission.ts';
import { sampleTest } from '../../../support/sample-test.ts';
import { parserCases } from '../../../support/samples.ts';

describe('transmission lines', () => {
  test('say precedence, date-time group, route, serial and day', () => {
    expect(
      parseTransmission(
        'VZCZCXRO1\nOO RUEHXX\nDE RUEHTA #2244/01 2312355\nO P 192355Z AUG 07 ZDK\nFM AMEMBASSY ASTANA\nTO X',
      ),
    ).toEqual({
      precedence: 'O P',
      dtg: '2007-08-19T23:55Z',
      sent: { route: 'RUEHTA', serial: 2244, day: 231 },
      hasRoute: true,
      hasFrom: true,
      hasTo: true,
    });
  });

  test.each([
    ['R 192355Z AUG 07', '2007-08-19T23:55Z'],
    ['RR 010000Z SEPT 66', '1966-09-01T00:00Z'],
    ['Z 312359Z DEC 99', '1999-12-31T23:59Z'],
    ['R 310000Z FEB 07', null],
    ['R 192455Z AUG 07', null],
    ['R 192355Z ABC 07', null],
    ['nothing', null],
  ])('%s is %s', (line, dtg) => expect(parseTransmission(line).dtg).toBe(dtg));
});

describe('times of the page', () => {
  test('before August 2011 get their minutes from the date-time group, when day and hour agree', () => {
    const times = pageTimes('2007-08-21 14:02', '2010-12-08 21:09', '2007-08-21T14:32Z');
    expect(times).toEqual({ created: '2007-08-21T14:32Z', released: '2010-12-08T21:00Z', warning: undefined });
    expect(pageTimes('2007-08-21 00:12', '2010-12-08 21:09', '2007-08-21T00:59Z').created).toBe('2007-08-21T00:59Z');
    expect(pageTimes('2007-08-21 14:02', null, '2007-08-21T14:32Z').created).toBe('2007-08-21T14:32Z');
  });

  test('are told where they contradict each other and cannot be mended', () => {
    expect(pageTimes('2007-08-21 14:02', '2010-12-08 21:09', '2007-08-22T14:32Z')).toMatchObject({
      created: '2007-08-21T14:02Z',
      warning: { code: 'time-mismatch' },
    });
    expect(pageTimes('2007-08-21 14:02', '2010-12-08 21:09', null).warning?.code).toBe('time-mismatch');
    expect(pageTimes('2007-08-21 14:31', '2011-08-30 01:44', '2007-08-21T14:32Z').warning?.code).toBe('time-mismatch');
  });

  test('from August 2011 on are right as printed', () => {
    expect(pageTimes('2007-08-21 14:02', '2011-08-30 01:44', null)).toEqual({
      created: '2007-08-21T14:02Z',
      released: '2011-08-30T01:44Z',
      warning: undefined,
    });
    expect(pageTimes('2007-08-21 14:02', '2011-08-30 13:01', null).released).toBe('2011-08-30T13:01Z');
  });

  test('of a bare message are those of its date-time group', () => {
    expect(pageTimes(null, null, '2007-08-21T14:32Z')).toEqual({
      created: '2007-08-21T14:32Z',
      released: null,
      warning: undefined,
    });
    expect(pageTimes('garbage', 'garbage', null)).toEqual({ created: null, released: null, warning: undefined });
  });
});

describe('the Executive Order line', () => {
  test.each([
    ['E.O. 12958: DECL: 10/05/2019', '12958', '2019-10-05'],
    ['E.O. 12958: DECL: 2019/10/05', '12958', '2019-10-05'],
    ['EO 12958 DECL: 07/09/2018', '12958', '2018-07-09'],
    ['E.0. 12958: DECL: 1/6/15', '12958', '2015-01-06'],
    ['E.o. 12958: decl: 07/01/2034', '12958', '2034-07-01'],
    ['E.O. 12958: N/A', '12958', null],
    ['E.O. 12958:N/A', '12958', null],
    ['E.O. 12958: DECL: N/A', '12958', null],
    ['E.O. 12958: DECL: MR', '12958', 'MR'],
    ['E.O. 12356: DECL:  OADR', '12356', 'OADR'],
    ['E.O. 12958: DECL: TEN YEARS AFTER CLOSURE\nTAGS: X', '12958', 'TEN YEARS AFTER CLOSURE'],
    ['E.O. 12958: DECL: X1, X5 TAGS: PREL', '12958', 'X1, X5'],
    ['E.O. 12958: DECL: 99/99/9999', '12958', '99/99/9999'],
    ['E.O. 1295: DECL: 07/24/2018', '1295', '2018-07-24'],
    ['E.O. 13526: DECL: 2020-01-31', '13526', '2020-01-31'],
    ['TAGS: PREL', null, null],
  ])('%j', (text, eo, decl) => expect(parseExecutiveOrder(text)).toEqual({ eo, decl }));

  sampleTest('holds the sampled cases of the known parser', () => {
    for (const { args } of parserCases('reader_nondisclosure_deadline'))
      expect(parseExecutiveOrder(String(args[0])).decl).toBe(args[1]);
  });
});

describe('reasons', () => {
  test.each([
    ['Reason: 1.4 (b), (d)', ['1.4(b)', '1.4(d)']],
    ['for reasons 1.4 (b) and (d).', ['1.4(b)', '1.4(d)']],
    ['Reasons 1.4 (b/d)', ['1.4(b)', '1.4(d)']],
    ['REASONS: 1.5 (B, D )', ['1.5(b)', '1.5(d)']],
    ['Reason: 1.4(b). A deputy', ['1.4(b)']],
    ['1.4 (b), (d) 1. (C) Summary', ['1.4(b)', '1.4(d)']],
    ['Reasons 1.4 B AND D', ['1.4(b)', '1.4(d)']],
    ['1.4 (b), 1.5 (d)', ['1.4(b)', '1.5(d)']],
    ['grew by 1.4 percent', []],
    ['version 21.4 (b)', []],
  ])('%j', (text, reasons) => expect(parseReasons(text)).toEqual(reasons));
});

describe("the message's own classification", () => {
  test.each([
    ['UNCLAS SECTION 01 OF 02 ASTANA 000123', 'UNCLASSIFIED'],
    ['UNCLAS ASTANA 000123\n\nSENSITIVE\nSIPDIS', 'UNCLASSIFIED//FOR OFFICIAL USE ONLY'],
    ['C O N F I D E N T I A L ASTANA 000123', 'CONFIDENTIAL'],
    ['C O N F I D E N T I A L ASTANA 000123\n\nNOFORN', 'CONFIDENTIAL//NOFORN'],
    ['S e c r e t astana 000123', 'SECRET'],
    ['S E C R E T ASTANA 000123\nNOFORN', 'SECRET//NOFORN'],
    ['E.O. 12958: N/A', null],
  ])('%j is %s', (text, classification) => expect(parseClassification(text)).toBe(classification));
});
