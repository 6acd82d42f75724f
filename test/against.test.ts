import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compare } from '../bench/against.ts';
import { tempDir } from './support/temp.ts';

test('a bench against another commit measures both in turns, each in its own checkout', async () => {
  const root = await tempDir();
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=ada', '-c', 'user.email=ada@example.org', ...args]);
  const speed = (checkout: string) => Number(readFileSync(join(checkout, 'speed'), 'utf8'));
  git('init', '--quiet');
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, 'speed'), '2');
  git('add', 'speed');
  git('commit', '--quiet', '-m', 'slow');
  writeFileSync(join(root, 'speed'), '3');

  const measured: string[] = [];
  const reported: string[] = [];
  const measure = (checkout: string, name: string) => {
    expect(existsSync(join(checkout, 'node_modules'))).toBe(true);
    measured.push(checkout === root ? 'now' : 'before');
    const value = speed(checkout) * (measured.length > 2 ? 1 : 2);
    const names = checkout === root ? [name, 'new figure'] : [name];
    return names.map((each) => ({ name: each, measured: '', value, target: '', met: true }));
  };
  const report = (line: string) => void reported.push(line);
  compare(root, ['pipe'], { ref: 'HEAD', turns: 3 }, { measure, report });
  expect(measured).toEqual(['before', 'now', 'before', 'now', 'before', 'now']);
  expect(reported).toEqual([expect.stringMatching(/^pipe +1\.50 times that of HEAD \(1\.50 to 1\.50 in 3 turns\)$/)]);
  expect(String(git('worktree', 'list')).trim().split('\n')).toHaveLength(1);

  const failing = () => {
    throw new Error('it does not run');
  };
  expect(() => compare(root, ['pipe'], { ref: 'HEAD', turns: 1 }, { measure: failing, report })).toThrow(
    'does not run',
  );
  expect(String(git('worktree', 'list')).trim().split('\n')).toHaveLength(1);
});
