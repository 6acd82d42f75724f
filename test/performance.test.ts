import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chartFile, chartOf, marginOf, withFigures } from '../bench/published.ts';
import { resultsIn } from '../bench/record.ts';

const root = new URL('..', import.meta.url).pathname;
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8');
const results = resultsIn(`${root}bench/results/latest.json`);

test('docs/performance.md and its chart show the figures that are recorded', () => {
  const page = read('docs/performance.md');
  expect(withFigures(page, results)).toBe(page);
  expect(chartOf(results.figures)).toBe(read(chartFile));
});

test.each([
  ['>= 10 x', 20, 2],
  ['< 4 MB', 2, 2],
  ['<= 0.5 x', 1, 0.5],
  ['ms, no limit', 1, undefined],
])('a target of %s and a value of %d', (target, value, margin) => expect(marginOf({ target, value })).toBe(margin));
