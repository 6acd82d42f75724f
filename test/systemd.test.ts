import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from './support/temp.ts';

const root = new URL('..', import.meta.url).pathname;
const unit = readFileSync(`${root}deploy/pilcrow.service`, 'utf8');

test('the unit starts what a checkout or a package has, as a user of its own that may write its data folder alone', () => {
  expect(unit).toContain('ExecStart=/usr/bin/env node bin/pilcrow.js run ');
  expect(existsSync(join(root, 'bin/pilcrow.js'))).toBe(true);
  const settings = Object.fromEntries([...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]));
  expect(settings).toMatchObject({
    User: 'pilcrow',
    StateDirectoryMode: '0700',
    UMask: '0077',
    ProtectSystem: 'strict',
    ProtectHome: 'yes',
    NoNewPrivileges: 'yes',
    CapabilityBoundingSet: '',
  });
  expect(settings).not.toHaveProperty('ReadWritePaths');
});

test('systemd itself finds no fault in the unit, and little exposure', async (context) => {
  context.skip(spawnSync('systemd-analyze', ['--version']).status !== 0, 'no systemd-analyze is installed');
  const file = join(await tempDir(), 'pilcrow.service');
  writeFileSync(file, unit);
  const analyze = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', [...words, file], { encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };
  expect(analyze('verify', '--man=no')).toEqual({ status: 0, said: '' });
  // Of ten; a unit without any of this has 9.2. The threshold is in tenths.
  const { status, said } = analyze('security', '--offline=true', '--no-pager', '--threshold=15');
  expect(said).toContain('Overall exposure level for pilcrow.service: 1.');
  expect(status).toBe(0);
});
