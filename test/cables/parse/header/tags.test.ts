import { describe, expect, test } from 'vitest';
import { meaningsOfTag, parseTags } from '../../../../src/cables/parse/header/tags.ts';
import { sampleTest } from '../../../support/sample-test.ts';
import { parserCases } from '../../../support/samples.ts';

describe('a TAGS line', () => {
  test.each([
    ['TAGS: PREL ECON KZ', ['PREL', 'ECON', 'KZ']],
    ['tags: prel, econ', ['PREL', 'ECON']],
    ['TAGS PREL, ECON', ['PREL', 'ECON']],
    ['TAGES; PREL', ['PREL']],
    ['TAG: PREL', ['PREL']],
    ['TAGS: PREL PREL', ['PREL']],
    ['TAG PTER, PGOV, PREL\nSUBJECT: X', ['PTER', 'PGOV', 'PREL']],
    ['TAS: PREL, PGOV', ['PREL', 'PGOV']],
    ['TABS: PREL', ['PREL']],
    ['TGS: PREL', ['PREL']],
    ['AGS: PREL', ['PREL']],
    ['TAGS, PREL', ['PREL']],
    ['TAGSKFRDKIRFCVIS', ['KFRD', 'KIRF', 'CVIS']],
    [
      'TAGS: KFRDKIRFCVISCMGTKOCIASECPHUMSMIGEG',
      ['KFRD', 'KIRF', 'CVIS', 'CMGT', 'KOCI', 'ASEC', 'PHUM', 'SMIG', 'EG'],
    ],
    ['TAGS: PREL FOREIGN POL SW', ['PREL', 'FOREIGN POL', 'SW']],
    ['the AGS: something', []],
    ['TAGS: OTRA, COUNTRY\nCLEARANCE\nSUBJECT: X', ['OTRA', 'COUNTRY CLEARANCE']],
    ['TAGS: PREL GLOBAL DEFENSE MARR', ['PREL', 'GLOBAL DEFENSE', 'MARR']],
    ['TAGS: OIIP KMDR MEDIA REACTION REPORT', ['OIIP', 'KMDR', 'MEDIA REACTION REPORT']],
    ['TAGS: PREL,\nECON\nSUBJECT: X', ['PREL', 'ECON']],
    ['TAGS: PREL ECON\nKZ, RS\nSUBJECT: X', ['PREL', 'ECON', 'KZ', 'RS']],
    ['TAGS: PREL\nsomething else', ['PREL']],
    ['TAGS: PREL SUBJECT: ECON', ['PREL']],
    ['E.O. 12958: N/A TAGS: PREL, KZ REF: STATE 1', ['PREL', 'KZ']],
    ['TAGS: PGOVKZ', ['PGOV', 'KZ']],
    ['TAGS: ECONETRDKPAO', ['ECON', 'ETRD', 'KPAO']],
    ['TAGS: OVIP GATES ROBERT PREL', ['OVIP', 'GATES, ROBERT', 'PREL']],
    ['TAGS: OVIP (CLINTON, HILLARY), PREL', ['OVIP', 'CLINTON, HILLARY', 'PREL']],
    ['TAGS: PREL, BUSH, GEORGE, KZ', ['PREL', 'BUSH, GEORGE', 'KZ']],
    ['TAGS: PREL, WATER RIGHTS, KZ', ['PREL', 'WATER RIGHTS', 'KZ']],
    ['TAGS: PREL DOMESTIC POLITICS KZ', ['PREL', 'DOMESTIC POLITICS', 'KZ']],
    ['TAGS: PREL CANADA KZ', ['PREL', 'CANADA', 'KZ']],
    ['TAGS: PARM CWC OPCW CBW', ['PARM', 'CWC', 'OPCW', 'CBW']],
    ['TAGS: PREL, IT          SECRET   PAGE 02        ROME  03067  211833Z', ['PREL', 'IT']],
    ['no such line', []],
    ['TAGS:', []],
  ])('%j', (text, tags) => expect(parseTags(text)).toEqual(tags));

  test('names codes with a meaning', () => {
    expect(meaningsOfTag('RS')).toEqual([{ kind: 'country', meaning: 'Russia' }]);
    expect(meaningsOfTag('PREL')).toEqual([{ kind: 'subject', meaning: 'External Political Relations' }]);
    expect(meaningsOfTag('KDEM')[0]?.kind).toBe('program');
    expect(meaningsOfTag('BP').map((each) => each.kind)).toEqual(['country', 'organization']);
    expect(meaningsOfTag('BUSH, GEORGE')).toEqual([]);
  });
});

sampleTest('all sampled cases of the known parser hold', () => {
  const cases = parserCases('reader_tags');
  expect(cases.length).toBeGreaterThan(10);
  for (const { args } of cases) expect(parseTags(String(args[0]))).toEqual(args[1]);
});
