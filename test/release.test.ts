import { spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { tempDir } from './support/temp.ts';

const root = new URL('..', import.meta.url).pathname;
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };

describe.each(globSync('.github/workflows/*.yml', { cwd: root }))('%s', (file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const steps = [...text.matchAll(/run: (.+)/g)].map(([, line = '']) => line);

  test('may only read, unless a job says more', () => {
    expect(parse(text)).toMatchObject({ permissions: { contents: 'read' } });
  });

  test('runs what is there', () => {
    const named = steps.flatMap((step) =>
      [...step.matchAll(/npm run (?:--silent )?(\S+)/g)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    for (const program of steps.flatMap((step) => /^\.ci\/[\w-]+/.exec(step) ?? []))
      accessSync(join(root, program), constants.X_OK);
    expect(steps.length).toBeGreaterThan(2);
  });
});

test.each(globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: root }))('%s is a form', (file) => {
  expect(parse(readFileSync(join(root, file), 'utf8'))).toMatchObject({
    name: expect.any(String),
    body: expect.any(Array),
  });
});

test('the notes of a release are what the changelog says of it; a version that a file lacks is refused', async () => {
  const dir = await tempDir();
  mkdirSync(join(dir, '.ci'));
  cpSync(join(root, '.ci/release-notes'), join(dir, '.ci/release-notes'));
  const about = '{\n  "name": "pilcrow",\n  "version": "1.2.3",\n  "private": true\n}\n';
  for (const file of ['package.json', 'package-lock.json']) writeFileSync(join(dir, file), about);
  const notes = (changelog: string, version: string) => {
    writeFileSync(join(dir, 'CHANGELOG.md'), changelog);
    const { status, stdout, stderr } = spawnSync(join(dir, '.ci/release-notes'), [version], { encoding: 'utf8' });
    return { status, out: stdout.trim(), err: stderr };
  };
  const changelog = '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-12-01\n\n- New.\n\n## [1.2.2]\n\n- Old.\n';
  expect(notes(changelog, '1.2.3')).toEqual({ status: 0, out: '- New.', err: '' });
  expect(notes(changelog, '1.2.4')).toMatchObject({ status: 1, out: '', err: expect.stringContaining('not 1.2.4') });
  expect(notes('# Changelog\n\n## [Unreleased]\n\n- New.\n', '1.2.3')).toMatchObject({ status: 1, out: '' });
});
