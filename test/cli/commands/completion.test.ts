import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../support/command.ts';
import { tempDir } from '../../support/temp.ts';

async function scriptFor(shell: string): Promise<string> {
  const { code, out } = await command(['completion', shell]);
  expect(code).toBe(0);
  const file = join(await tempDir(), 'completion');
  writeFileSync(file, out);
  return file;
}

/** What bash offers after these words. */
function offered(file: string, ...words: readonly string[]): string[] {
  const lines = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pilcrow; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-uc', lines, 'bash', file, ...words], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

test('bash completes commands, subcommands, options and their values', async () => {
  const file = await scriptFor('bash');
  expect(offered(file, 'pilcrow', 'res')).toEqual(['resolve', 'resume']);
  expect(offered(file, 'pilcrow', '--config', 'x.yaml', 'rules', 'ch')).toEqual(['check']);
  expect(offered(file, 'pilcrow', 'rules', 'check', '--js')).toEqual(['--json']);
  expect(offered(file, 'pilcrow', 'run', '--log', '')).toEqual(['text', 'json']);
  expect(offered(file, 'pilcrow', 'completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  expect(offered(file, 'pilcrow', 'parse', 'README')).toEqual(['']);
});

test('every command of the help is completed', async () => {
  const { out } = await command(['--help']);
  const [, list = ''] = /Commands:\n([^]*?)\n\n/.exec(out) ?? [];
  const names = [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
  const all = offered(await scriptFor('bash'), 'pilcrow', '');
  expect(names.length).toBeGreaterThan(20);
  expect(all).toEqual(expect.arrayContaining(names.filter((name) => name !== 'help')));
});

test.for([
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const)('%s reads its script', async ([shell, options], context) => {
  context.skip(spawnSync(shell, ['--version']).status !== 0, 'the shell is not installed');
  const { status, stderr } = spawnSync(shell, [...options, await scriptFor(shell)], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('an unknown shell is refused', async () => {
  expect(await command(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('bash, zsh, fish'),
  });
});
