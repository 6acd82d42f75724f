import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chartFile, chartOf, marginOf, published } from '../bench/published.ts';
import { resultsIn } from '../bench/record.ts';

const root = new URL('..', import.meta.url).pathname;
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8');
const results = resultsIn(`${root}bench/results/latest.json`);

test.each(Object.entries(published))('%s shows the figures that are recorded', (file, written) => {
  const page = read(file);
  expect(written(page, results)).toBe(page);
});

test('the chart shows the figures that are recorded', () => {
  expect(chartOf(results.figures)).toBe(read(chartFile));
});

test.each([
  ['>= 10 x', 20, 2],
  ['< 4 MB', 2, 2],
  ['<= 0.5 x', 1, 0.5],
  ['ms, no limit', 1, undefined],
])('a target of %s and a value of %d', (target, value, margin) => expect(marginOf({ target, value })).toBe(margin));
