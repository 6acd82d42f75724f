import { globSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { projects } from '../vitest.config.ts';
import { importsUnder } from './support/imports.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync('test/**/*.test.ts', { cwd: root, exclude: ['test/servers/bluesky/node_modules/**'] });

const matches = (file: string, globs: readonly string[]) => globs.some((glob) => matchesGlob(file, glob));
const projectsOf = (file: string) =>
  projects.filter(({ include, exclude }) => matches(file, include) && !matches(file, exclude)).map(({ name }) => name);

describe('a file of tests', () => {
  test.each(files)('%s belongs to exactly one project', (file) => {
    expect(projectsOf(file)).toHaveLength(1);
  });

  test('has no ending but the two that mean something', () => {
    expect(files.filter((file) => !/\/[a-z0-9-]+(\.server|\.long)?\.test\.ts$/.test(file))).toEqual([]);
  });

  test('has no limit of its own below the default, which a slow machine would pass', () => {
    const short = /\{ timeout: \d{1,2}_000 \},|^ *\}, \d{1,2}_000\);/m;
    expect(files.filter((file) => short.test(readFileSync(`${root}${file}`, 'utf8')))).toEqual([]);
  });

  test('says in its name when it needs a server or a browser', () => {
    const imports = importsUnder(root, ['test']).filter(({ inProject }) => inProject);
    // The word in which a helper says that its server is needed; whoever imports it needs it too.
    const needy = new Set(['test/servers/need.ts']);
    for (let size = 0; size < needy.size;) {
      size = needy.size;
      for (const { file, target } of imports) if (needy.has(target)) needy.add(file);
    }
    expect(files.filter((file) => needy.has(file) && projectsOf(file)[0] === 'unit')).toEqual([]);
  });
});

test('npm test and npm run test:long run every project between them, each once', () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };
  const named = ['test', 'test:long'].flatMap((name) =>
    [...(scripts[name] ?? '').matchAll(/--project (\S+)/g)].map(([, project]) => project),
  );
  expect(named).toHaveLength(projects.length);
  expect(new Set(named)).toEqual(new Set(projects.map(({ name }) => name)));
});

test('docs/testing.md names every file that npm run test:long holds', () => {
  const text = readFileSync(`${root}docs/testing.md`, 'utf8');
  const long = files.filter((file) => projectsOf(file)[0] === 'long');
  expect(long.filter((file) => !text.includes(`\`${file}\``))).toEqual([]);
});
