import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = ['test', 'prove', 'bench'].flatMap((room) => {
  const names = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' });
  const files = names
    .map((name) => join(room, name))
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'));
  return files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
});

/** Where a pattern stands: `test/a.test.ts: skipIf(x)`. */
function uses(pattern: RegExp, within = sources): string[] {
  return within.flatMap(({ file, text }) => [...text.matchAll(pattern)].map(([found]) => `${file}: ${found}`));
}

const others = sources.filter(({ file }) => file !== join('test', 'skipping.test.ts'));

describe('no test is skipped in silence', () => {
  test('one that needs a program is skipped by need(), which says so and fails in CI', () => {
    const needed = new Set(uses(/\w+(?= =\s+need\()/g, others).map((use) => use.split(': ')[1]));
    const conditions = uses(/(?<=\.skipIf\()[^)]*(?:\(\)[^)]*)*(?=\))/g, others);
    expect(conditions.length).toBeGreaterThan(10);
    const silent = conditions.filter((use) => {
      const terms = (use.split(': ')[1] ?? '').split(/\s*\|\|\s*/);
      return !terms.every((term) => term.startsWith('!') && needed.has(term.slice(1)));
    });
    expect(silent).toEqual([]);
  });

  test('one that skips itself gives its reason, which the end of the run counts', () => {
    const calls = uses(/(?<![\w.])(?:context\.)?skip\([^;]*\);/g, others);
    expect(calls.length).toBeGreaterThan(3);
    expect(calls.filter((use) => !/'[^']+'\);$|\.\w+\);$/.test(use))).toEqual([]);
  });

  test('there is no other way', () => {
    expect(uses(/\b(?:test|it|describe|suite)\.(?:skip|only|todo|runIf)\b/g, others)).toEqual([]);
    expect(
      uses(
        /\bif \(!?\w+(?:IsHere|AreHere)\)/g,
        others.filter(({ file }) => file.endsWith('.test.ts')),
      ),
    ).toEqual([]);
  });
});

test('one file knows where the samples are', () => {
  const inFolder = uses(/shared\/data|env\['PILCROW_SAMPLES'\]/g, others).map((use) => use.split(': ')[0]);
  expect(new Set(inFolder)).toEqual(new Set([join('test', 'support', 'samples.ts')]));
});
