import { expect } from 'vitest';
import { sampleTest } from '../../support/sample-test.ts';
import { parserCases } from '../../support/samples.ts';

/** Suites of the sample, where they are tested, and how many cases each has. */
const tested = {
  c14n_id_c14n: 77, // test/cables/ids/reference-id.test.ts
  reader_info_recipients: 1, // recipients.test.ts
  reader_nondisclosure_deadline: 1, // header.test.ts
  reader_recipients: 2, // recipients.test.ts
  reader_references: 32, // references.test.ts
  reader_references_ng: 16, // references.test.ts; six expectations are wrong themselves, and named there
  reader_subject: 16, // subject.test.ts
  reader_summary: 4, // summary.test.ts
  reader_tags: 16, // tags.test.ts
};

sampleTest('every case of the known parser’s sample is in a suite that is tested', () => {
  const counts = Object.keys(tested).map((suite) => [suite, parserCases(suite).length]);
  expect(Object.fromEntries(counts)).toEqual(tested);
  expect(parserCases().length).toBe(165);
});
