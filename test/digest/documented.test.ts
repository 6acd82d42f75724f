import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { digestLanguages, periods, rankings } from '../../src/core/digest.ts';
import { digestFormats } from '../../src/digest/render/index.ts';

const page = readFileSync(new URL('../../docs/digest.md', import.meta.url), 'utf8');

test('docs/digest.md names every format, language, ranking and period', () => {
  expect(
    [...digestFormats, ...digestLanguages, ...rankings, ...periods].filter((name) => !page.includes(`\`${name}\``)),
  ).toEqual([]);
});
