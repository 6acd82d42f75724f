import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writePackage } from '../prove/package/write.ts';

const root = new URL('..', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'pilcrow-package-'));
const folder = join(dir, 'package');
const bot = join(dir, 'bot');

beforeAll(() => {
  writePackage(folder);
  // What npm would install.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(bot);
});
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
    /(?:import|from|URL)\W[^;\n]*\.ts['"`]/.test(readFileSync(join(folder, file), 'utf8')),
  );
  expect(asking).toEqual([]);
});

test('package.json asks for the dependencies and for Node 24, and has no tools', () => {
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
  expect(about).toMatchObject({ name: 'pilcrow', bin: { pilcrow: 'bin/pilcrow.js' }, engines: { node: '>=24' } });
  for (const key of ['private', 'scripts', 'devDependencies', 'optionalDependencies', 'overrides'])
    expect(about).not.toHaveProperty(key);
});

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
