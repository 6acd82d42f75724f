import { describe, expect, test } from 'vitest';
import { parseSummary } from '../../../../src/cables/parse/header/summary.ts';
import { sampleTest } from '../../../support/sample-test.ts';
import { parserCases } from '../../../support/samples.ts';

describe('a summary', () => {
  test.each([
    ['1. (C) Summary: The market\nstands. End summary.\n2. (C) More.', 'The market\nstands.'],
    ['1. (SBU) SUMMARY. The market stands. (END SUMMARY)', 'The market stands.'],
    ['SUMMARY\n-------\n\n1. (C) The market stands.\n\n2. (C) It is open.', 'The market stands.'],
    ['Summary and Action Request: Go. End Summary and Action Request.', 'Go.'],
    ['1. (C) SUMMARY: The market stands.\n \nWHAT HAPPENED\n', 'The market stands.'],
    ['1. (C) Summary: A.\nASTANA 00002244  001.8 OF 004\nB. End summary', 'A.\nB.'],
    ['1. (U) A summary of the talks was given. End of it.', undefined],
    ['The end. End summary.', undefined],
    ['Summary: End summary', undefined],
  ])('%j', (text, summary) => expect(parseSummary(text)).toBe(summary));

  sampleTest('of all sampled cases of the known parser is right, those too that it reads wrongly', () => {
    const cases = parserCases('reader_summary');
    expect([cases.length, cases.filter(({ pass }) => pass).length]).toEqual([4, 2]);
    for (const { args } of cases) expect(parseSummary(String(args[0]))).toBe(args[1]);
  });
});
