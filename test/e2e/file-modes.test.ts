import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp.ts';
import { pilcrow, pilcrowOnce, writeWorkplace } from '../support/workplace.ts';

/** As in `ls -l`, of everything below a folder. */
function modesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(names.map((name) => [name, (statSync(join(folder, name)).mode & 0o777).toString(8)]));
}

const line = { id: '1', createdAt: '2026-11-23T10:00:00Z', text: '#cablegate #07ASTANA2244 ¶5', author: 'a' };

test('what the bot writes, others cannot open: data folder, ledger, replies, digests, backups', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, [line]);
  appendFileSync(config, 'digests: [{ name: daily, timezone: UTC, formats: [json] }]\n');
  writeFileSync(join(dir, 'ids.txt'), '07ASTANA2244\n');
  const before = readdirSync(dir);
  for (const words of [
    ['once'],
    ['digest', '--date', '2026-11-23', '--to', './out'],
    ['ledger', 'backup', join(dir, 'backup.db')],
    ['catalogue', 'import', join(dir, 'ids.txt')],
  ]) {
    const { code, err } = await pilcrowOnce([...words, '--config', config], { cwd: dir });
    expect(code, err).toBe(0);
  }
  const made = Object.entries(modesIn(dir)).filter(([name]) => !before.includes(name));
  expect(made.map(([name]) => name)).toEqual(
    expect.arrayContaining(['data', 'data/ledger.db', 'data/replies.jsonl', 'backup.db', 'out']),
  );
  expect(made.filter(([, mode]) => !/^[0-7]00$/.test(mode))).toEqual([]);
});

test('a file that gets the hash of a password is for its owner alone', async () => {
  const dir = await tempDir();
  const stdout = join(dir, 'hash');
  const run = pilcrow(['password'], { stdout });
  run.child.stdin.end('a long enough password\n');
  expect(await run.exited).toBe(0);
  expect(readFileSync(stdout, 'utf8')).toMatch(/^\$?scrypt/);
  expect(modesIn(dir)).toEqual({ hash: '600' });
});

test('doctor tells which modes are too wide, and the command that mends them', async () => {
  const dir = await tempDir();
  const config = writeWorkplace(dir, []);
  appendFileSync(config, 'channels: [{ name: hook, type: webhook, url: { file: secrets/hook } }]\n');
  mkdirSync(join(dir, 'secrets'));
  mkdirSync(join(dir, 'data'));
  writeFileSync(join(dir, 'secrets/hook'), 'https://example.org/');
  writeFileSync(join(dir, '.env'), 'A=b\n');
  const told = async () => {
    const { out } = await pilcrowOnce(['doctor', '--json', '--config', config], { cwd: dir });
    const checks = out
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { name: string; state: string; message: string });
    return checks.filter(({ name }) => name === 'modes');
  };
  const modes = (folder: number, file: number) => {
    for (const name of ['', 'data', 'secrets']) chmodSync(join(dir, name), folder);
    for (const name of ['secrets/hook', '.env']) chmodSync(join(dir, name), file);
  };
  modes(0o755, 0o644);
  expect(await told()).toEqual(
    ['data', '.env', 'secrets/hook'].map((name) => ({
      name: 'modes',
      state: 'note',
      message: expect.stringContaining(`chmod go-rwx '${join(dir, name)}'`),
    })),
  );
  chmodSync(dir, 0o700);
  expect(await told()).toEqual([]);
  modes(0o755, 0o600);
  chmodSync(join(dir, 'data'), 0o700);
  expect(await told()).toEqual([]);
});
