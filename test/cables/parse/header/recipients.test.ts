import { describe, expect, test } from 'vitest';
import { parseRecipients } from '../../../../src/cables/parse/header/recipients.ts';
import { sampleTest } from '../../../support/sample-test.ts';
import { parserCases } from '../../../support/samples.ts';

const tuples = (recipients: ReturnType<typeof parseRecipients>['to']) =>
  recipients.map(({ route, name, precedence, mcn, excluded }) => [route, name, precedence, mcn, excluded]);

describe('the addressees of a header', () => {
  test('are those who act and those who are informed', () => {
    const { to, info } = parseRecipients(
      [
        'R 192355Z AUG 07 ZDK',
        'FM AMEMBASSY ASTANA',
        'TO RUEHC/SECSTATE WASHDC PRIORITY 0001',
        'RUEHXX/AMEMBASSY NEW DELHI NIACT IMMEDIATE 12',
        'INFO RUCNCIS/CIS COLLECTIVE XMT AMEMBASSY BAKU, AMCONSUL GANJA',
        'RHEHAAA/WHITE HOUSE WASHINGTON DC',
        'RHMFISS/HQ USEUCOM VAIHINGEN GE//J5 DIRECTORATE (MC)//',
        '',
      ].join('\n'),
    );
    expect(tuples(to)).toEqual([
      ['RUEHC', 'SECSTATE WASHDC', 'PRIORITY', '0001', []],
      ['RUEHXX', 'AMEMBASSY NEW DELHI', 'NIACT IMMEDIATE', '12', []],
    ]);
    expect(tuples(info)).toEqual([
      ['RUCNCIS', 'CIS COLLECTIVE', null, null, ['AMEMBASSY BAKU', 'AMCONSUL GANJA']],
      ['RHEHAAA', 'WHITE HOUSE WASHINGTON DC', null, null, []],
      ['RHMFISS', 'HQ USEUCOM VAIHINGEN GE//J5 DIRECTORATE (MC)//', null, null, []],
    ]);
  });

  test('end where the message begins, and may be missing', () => {
    expect(tuples(parseRecipients('TO SECSTATE WASHDC\nBT\nUNCLAS ASTANA 12\nINFORMATION').to)).toEqual([
      [null, 'SECSTATE WASHDC', null, null, []],
    ]);
    expect(parseRecipients('FM AMEMBASSY ASTANA\nDE RUEHTA')).toEqual({ to: [], info: [] });
  });

  sampleTest('of all sampled cases of the known parser are right', () => {
    const [to, info] = [parserCases('reader_recipients'), parserCases('reader_info_recipients')];
    expect([to.length, info.length]).toEqual([2, 1]);
    for (const { args } of to) expect(tuples(parseRecipients(String(args[0])).to)).toEqual(args[1]);
    for (const { args } of info) expect(tuples(parseRecipients(String(args[0])).info)).toEqual(args[1]);
  });
});
