import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePackage } from '../prove/package/write.ts';

const dir = mkdtempSync(join(tmpdir(), 'pilcrow-package-'));
const folder = join(dir, 'package');
const bot = join(dir, 'bot');

beforeAll(async () => {
  await writePackage(folder);
  mkdirSync(bot);
}, 300_000);
afterAll(() => rmSync(dir, { recursive: true }));

function pilcrow(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin/pilcrow.js'), ...words], {
    cwd: bot,
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

test('there is no TypeScript in it, and nothing asks for any', () => {
  expect(globSync('{bin,src,workers}/**/*.ts', { cwd: folder })).toEqual([]);
  const asking = globSync('{src,workers}/**/*.js', { cwd: folder }).filter((file) =>
    /new URL\([^)\n]*\.ts['"`]/.test(readFileSync(join(folder, file), 'utf8')),
  );
  expect(asking).toEqual([]);
});

test('package.json asks for Node 24, and for no package: their code is in it', () => {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
  expect(about).toMatchObject({ name: 'pilcrow', bin: { pilcrow: 'bin/pilcrow.js' }, engines: { node: '>=24' } });
  for (const key of ['private', 'scripts', 'dependencies', 'devDependencies', 'optionalDependencies', 'overrides'])
    expect(about).not.toHaveProperty(key);
});

test('it has the licenses of the packages whose code is in it', () => {
  const licenses = readFileSync(join(folder, 'LICENSES.txt'), 'utf8');
  expect(licenses).toMatch(/^zod \d.* \(MIT\)$/m);
  expect(licenses).not.toMatch(/^rolldown /m);
});

test.each([
  ['cli', ['commander']],
  ['pause-*', ['commander', 'dotenv', 'kysely', 'yaml', 'zod']],
])('%s.js loads the code of these packages before it works: %j', (name, packages) => {
  expect(packagesBehind(`${name}.js`)).toEqual(packages);
});

/** Packages with code in a file of the bundle, or in those that it imports at once. */
function packagesBehind(name: string): string[] {
  const src = join(folder, 'src');
  const open = globSync(name, { cwd: src });
  const found = new Set<string>();
  // The array grows while it is read.
  for (const file of open) {
    const { sources } = JSON.parse(readFileSync(join(src, `${file}.map`), 'utf8')) as { sources: string[] };
    for (const source of sources) found.add(/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? '');
    const imported = [
      ...readFileSync(join(src, file), 'utf8').matchAll(/^import .*"\.\/(?!rolldown-runtime)(.+)";$/gm),
    ];
    open.push(...imported.map(([, target = '']) => target).filter((target) => !open.includes(target)));
  }
  found.delete('');
  return [...found].toSorted();
}

test('in an empty folder it answers the sample, and its threads, presets, tables and pages are there', () => {
  expect(pilcrow('once')).toMatchObject({ status: 0, err: '', out: expect.stringContaining('07ASTANA2244.html#par5') });
  // Preparing an import, and reading pages, are threads of their own.
  expect(pilcrow('corpus', 'import', join(folder, 'config/sample'))).toMatchObject({ status: 0 });
  expect(pilcrow('corpus', 'show', '07ASTANA2244').out).toContain('Tazhenov');
  expect(pilcrow('rules', 'presets').out).toContain('answer-when-asked');
  expect(pilcrow('rules', 'test')).toMatchObject({ status: 0 });
  expect(pilcrow('web', '--url').status).toBe(0);
  expect(pilcrow('doctor')).toMatchObject({ status: 0, err: '' });
});
