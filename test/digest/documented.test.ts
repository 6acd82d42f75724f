import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { periods, rankings } from '../../src/core/digest.ts';
import { languages } from '../../src/core/text/languages.ts';
import { digestFormats } from '../../src/digest/render/index.ts';

const page = readFileSync(new URL('../../docs/digest.md', import.meta.url), 'utf8');

test('docs/digest.md names every format, language, ranking and period', () => {
  expect(
    [...digestFormats, ...languages, ...rankings, ...periods].filter((name) => !page.includes(`\`${name}\``)),
  ).toEqual([]);
});
