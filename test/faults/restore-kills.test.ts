import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { restoreSteps } from '../../src/ledger/processes/restore.ts';
import { backupSqlite, openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { writeSetting } from '../../src/ledger/db/settings.ts';
import { childEnv } from '../support/child-env.ts';
import { command } from '../support/command.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

const child = fileURLToPath(new URL('../support/restore-child.ts', import.meta.url));

/** A ledger as `kill -9` leaves it, with its last writes in the log of writes alone, and a backup of an earlier state. */
async function openPlace() {
  const dir = await tempDir();
  const [ledger, backup, work] = [join(dir, 'data/ledger.db'), join(dir, 'backup.db'), join(dir, 'work.db')];
  const config = writeWorkplace(dir, []);
  mkdirSync(join(dir, 'data'));
  await using open = await openSqliteLedger({ file: work, clock: systemClock });
  const write = (value: string) => open.transact((tx) => writeSetting(tx, 'test', value));
  await write('backup');
  await backupSqlite(work, backup);
  await write('old');
  for (const end of ['', '-wal']) copyFileSync(`${work}${end}`, `${ledger}${end}`);
  expect(valueIn(work)).toBe('old');
  return { dir, config, ledger, backup, restore: () => command(['ledger', 'restore', backup, '--config', config]) };
}

function valueIn(file: string): string {
  using database = new DatabaseSync(file, { readOnly: true });
  expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  return String(
    JSON.parse(String(database.prepare(`select value from settings where name = 'test'`).get()?.['value'])),
  );
}

function isNoted(file: string): boolean {
  using database = new DatabaseSync(file, { readOnly: true });
  return database.prepare(`select 1 from settings where name = 'restore'`).get() !== undefined;
}

async function killAt(step: string, { config, backup }: { config: string; backup: string }): Promise<string | null> {
  const run = spawn(process.execPath, [child, config, backup, step], { env: childEnv, stdio: 'ignore' });
  const [, killedBy] = (await once(run, 'close')) as [number | null, string | null];
  return killedBy;
}

describe('kill -9 during a restore leaves the old ledger or the new one that knows what it lacks, whole, and the next one succeeds', () => {
  test.each(restoreSteps)('%s', async (step) => {
    const place = await openPlace();
    expect(await killAt(step, place)).toBe('SIGKILL');
    const isNew = step === 'replaced';
    expect([valueIn(place.ledger), isNoted(place.ledger)]).toEqual(isNew ? ['backup', true] : ['old', false]);
    expect(await place.restore()).toMatchObject({ code: 0, err: '' });
    expect([valueIn(place.ledger), isNoted(place.ledger)]).toEqual(['backup', true]);
    expect(valueIn(`${place.ledger}.replaced`)).toBe(isNew ? 'backup' : 'old');
    expect(valueIn(place.backup)).toBe('backup');
  });
});

describe('a restore', () => {
  test('makes a ledger where there is none, whatever log of writes is left of an old one', async () => {
    const { ledger, restore } = await openPlace();
    rmSync(ledger);
    const { code, out } = await restore();
    expect(code).toBe(0);
    expect(out).not.toContain('old one');
    expect(valueIn(ledger)).toBe('backup');
  });

  test('replaces a damaged ledger, and keeps what there is of it', async () => {
    const { ledger, restore } = await openPlace();
    writeFileSync(ledger, 'not a database at all, but longer than a header of one hundred bytes would be: '.repeat(20));
    expect(await restore()).toMatchObject({ code: 0, err: '' });
    expect(valueIn(ledger)).toBe('backup');
    expect(existsSync(`${ledger}.replaced`)).toBe(true);
  });

  test.each([
    ['a file that is not there', (file: string) => rmSync(file), /there is no file/],
    [
      'a file that is no database',
      (file: string) => writeFileSync(file, 'x'.repeat(5000)),
      /cannot be restored: .*not a database/,
    ],
    ['a database without a ledger', (file: string) => emptied(file), /it holds no ledger/],
    ['a database with a damaged page', (file: string) => damage(file), /it is damaged|malformed/],
    ['a ledger of a newer version', (file: string) => newer(file), /made by a newer pilcrow/],
  ])('refuses %s, and leaves the ledger as it was', async (_name, spoil, message) => {
    const { ledger, backup, restore } = await openPlace();
    spoil(backup);
    const { code, err } = await restore();
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(valueIn(ledger)).toBe('old');
    expect(existsSync(`${ledger}.restoring`)).toBe(false);
  });

  test('refuses while another process has the ledger open', async () => {
    const { ledger, restore } = await openPlace();
    await using web = await openSqliteLedger({ file: ledger, clock: systemClock });
    const { code, err } = await restore();
    expect([code, err]).toEqual([2, expect.stringMatching(/another process uses .*ledger\.db: stop it/)]);
    expect(web.displaced()).toBe(undefined);
    expect(valueIn(ledger)).toBe('old');
  });
});

function emptied(file: string): void {
  rmSync(file);
  using database = new DatabaseSync(file);
  database.exec('create table other (a)');
}

function damage(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, 5 * 4096, 40 * 4096));
}

function newer(file: string): void {
  using database = new DatabaseSync(file);
  database.exec(`insert into kysely_migration (name, timestamp) values ('9999-later', 'now')`);
}
