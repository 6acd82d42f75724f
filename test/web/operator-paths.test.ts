import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Page } from '../../src/web/page.ts';
import { pages } from '../../bench/years/asked.ts';

test('every page of the operator is in the list that benches, and tests of years, go through', async () => {
  const files = globSync('src/web/operator/**/*.ts');
  const modules = await Promise.all(
    files.map(async (file) => (await import(`../../${file}`)) as Readonly<Record<string, unknown>>),
  );
  const all = modules.flatMap((module) => Object.values(module).filter(isPages).flat());
  const shown = all.filter(({ method }) => method === 'GET').map(({ path }) => path);
  expect(shown).toContain('/digests/:name/preview');
  const listed = pages.map(({ name }) => name);
  const isListed = (path: string) => listed.some((one) => new URLPattern({ pathname: path }).test({ pathname: one }));
  expect(shown.filter((path) => !isListed(path))).toEqual([]);
});

function isPages(value: unknown): value is readonly Page[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'object' && 'handle' in one);
}
