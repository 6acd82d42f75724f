import { describe, expect, test } from 'vitest';
import { parseSubject } from '../../../../src/cables/parse/header/subject.ts';
import { sampleTest } from '../../../support/sample-test.ts';
import { parserCases } from '../../../support/samples.ts';

describe('a SUBJECT line', () => {
  test.each([
    ['SUBJECT: A MARKET AND \nITS BRIDGE \n \nREF: X', 'A MARKET AND ITS BRIDGE'],
    ['SUBJ: A MARKET\nREF: STATE 1', 'A MARKET'],
    ['SUBJECT:\n\nA market\n1.(SBU) Summary', 'A market'],
    ['SUBJECT: A MARKETREF: CAIRO 493', 'A MARKET'],
    ['SUBJECT: A MARKET REFTEL: HARARE 6584', 'A MARKET'],
    ['SUBJECT: A MARKET\nReftels: Harare 6584', 'A MARKET'],
    ['SUBJECT: A MARKETClassified By: X', 'A MARKET'],
    ['SUBJECT: DOCUMENTS DECLASSIFIED BY THE MAYOR\n\n', 'DOCUMENTS DECLASSIFIED BY THE MAYOR'],
    ['SUBJECT: A MARKET  1. (C) Summary', 'A MARKET'],
    ['SUBJECT: A MARKET\nSUMMARY\n-------', 'A MARKET'],
    ['SUBJECT: A MARKET \\\n \\\nREF: A', 'A MARKET'],
    ['SUBJECT: (C) A MARKET', 'A MARKET'],
    ['SUBJECT: (SEE BELOW) A MARKET', '(SEE BELOW) A MARKET'],
    ['SUBJECT  A MARKET\n', 'A MARKET'],
    ['C O R R E C T E D COPY (SUBJECT LINE)\nSUBJECT: A MARKET', 'A MARKET'],
    ['SUBJECT: \n \n', null],
    ['TAGS: PREL\n', null],
  ])('%j', (text, subject) => expect(parseSubject(text)).toBe(subject));

  test('keeps its marking when asked', () => {
    expect(parseSubject('SUBJECT: (U) A MARKET\n', { clean: false })).toBe('(U) A MARKET');
  });
});

sampleTest('all sampled cases of the known parser hold', () => {
  const cases = parserCases('reader_subject');
  expect(cases.length).toBeGreaterThan(10);
  for (const { args, test: name } of cases) {
    // The cases of issue 14 have the expectation first.
    const [text, clean, subject] = name.includes('issue14') ? [args[1], true, args[0]] : args;
    expect(parseSubject(String(text), { clean: clean === true }) ?? '').toBe(subject);
  }
});
