import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { environment } from '../../src/config/environment.ts';

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

test('no .env is no fault, one that cannot be read is', () => {
  expect(environment(folder)['PATH']).toBe(process.env['PATH']);
  mkdirSync(join(folder, '.env'));
  expect(() => environment(folder)).toThrow('.env:1:1: cannot be read');
});
