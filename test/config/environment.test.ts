import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { envFolders, environment } from '../../src/config/environment.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pilcrow-env-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  delete process.env['PILCROW_TEST_REAL'];
});

test('what is really set wins over .env, which fills what is not', () => {
  process.env['PILCROW_TEST_REAL'] = 'real';
  writeFileSync(join(folder, '.env'), 'PILCROW_TEST_REAL=file\nPILCROW_TEST_FILE="from file"\n');
  const env = environment(folder);
  expect(env['PILCROW_TEST_REAL']).toBe('real');
  expect(env['PILCROW_TEST_FILE']).toBe('from file');
});

test('.env changes nothing outside of what is handed out', () => {
  writeFileSync(join(folder, '.env'), 'PILCROW_TEST_FILE=x\n');
  environment(folder);
  expect(process.env['PILCROW_TEST_FILE']).toBeUndefined();
});

test('.env beside the configuration comes before that of the working folder', () => {
  const beside = join(folder, 'beside');
  mkdirSync(beside);
  writeFileSync(join(folder, '.env'), 'PILCROW_TEST_A=here\nPILCROW_TEST_B=here\n');
  writeFileSync(join(beside, '.env'), 'PILCROW_TEST_A=beside\n');
  const env = environment(beside, folder);
  expect(env).toMatchObject({ PILCROW_TEST_A: 'beside', PILCROW_TEST_B: 'here' });
  expect(envFolders(join(beside, 'pilcrow.yaml'))).toEqual([beside, process.cwd()]);
});

test('a value that dotenv would cut at a # is a fault, which does not show it', () => {
  const kept = `A='x#y'\nB=x # a comment\nC="#"\n# D=x#y\nE=# empty\nF=\`a#b\`\n`;
  writeFileSync(join(folder, '.env'), kept);
  expect(environment(folder)).toMatchObject({ A: 'x#y', B: 'x', C: '#', F: 'a#b' });
  writeFileSync(join(folder, '.env'), `${kept}export SECRET = ab#cd\n`);
  expect(() => environment(folder)).toThrow(
    `${folder}/.env:7:1: the value of SECRET would end at its #: put it in quotation marks`,
  );
});

test.each(['utf16le', 'utf8'] as const)('.env may be written in %s with a mark in front', (encoding) => {
  writeFileSync(join(folder, '.env'), Buffer.from('\uFEFFPILCROW_TEST_FILE=é\r\n', encoding));
  expect(environment(folder)['PILCROW_TEST_FILE']).toBe('é');
});

test('no .env is no fault, one that cannot be read is', () => {
  expect(environment(folder)['PATH']).toBe(process.env['PATH']);
  mkdirSync(join(folder, '.env'));
  expect(() => environment(folder)).toThrow('.env:1:1: cannot be read');
});
