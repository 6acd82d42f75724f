import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { allMigrations } from '../../src/ledger/db/migrations.ts';
import { openSqliteLedger, openSqliteReader } from '../../src/ledger/db/sqlite.ts';
import { migrationsContract } from '../contract/migrations.ts';
import { testClock } from '../support/clock.ts';
import { tempDir } from '../support/temp.ts';

/** SHA-256 of the released migrations. A release adds a line, and never changes one. */
const frozen = {
  '0001-initial.ts': 'f14003a14578b17b823964a2ff502dc08b516e74e0b7ff16550bf976217ed2d2',
  '0002-shares.ts': 'f493936204def7d62cf75d6544f83233ec92d8f65e270b60c77b820680f94ea3',
  '0003-erasure.ts': '9dc1b88273eaad2d3821364cd996e0db0c2aecd7e04f4a82c3153bfddb435447',
  '0006-recipients.ts': '49d3c7d1ff69c416560ce9b540f33e6eac6e878cbd05c8799494a646d51b2a3d',
  '0007-cooldowns.ts': '759293a79894b0fe4d258fd4d92b850f5324adddd2ceccd4d9b483bf235e452e',
  '0008-warnings.ts': '1494c694ce3d180e2b67355f71eeb8609f8e802ee9d4d51520513c27cbc0280d',
  '0011-moved-viewer.ts': 'e188e8369832908a389f712fa56d2c4ac27284d301ee86372477ac96e8243b5b',
  '0013-replacements.ts': '0098e9b784aa044d2edb221741d52236e90d93d659a614d55fd02a6ad5fd75bf',
  '0015-waiting-work.ts': '681540b6108206fb1938d88d727df9ebce887f687d23e01be40cc28f28a9d334',
  '0016-years.ts': '1125254b808a21ea7826167ee4171ff443674fb29701a491c04b6f7563180d81',
  '0017-names.ts': '331f455d7da08576291999b42d70cb157d0b42fa3299e5c74f0ee0f325769be1',
  '0018-day.ts': 'de491061154fdb9489a46d1d93e610e867b77b2e429ee8f2f5623f008036055a',
  '0019-reading.ts': '1d68d203fa455e0985203e0b32f4073fdb63483f7511028945e1ca4ab62d6d99',
};

test('an upgrade is told of before it begins, as it takes its time; a new ledger is not', async () => {
  const dir = await tempDir();
  const told: string[] = [];
  for (const name of ['new.db', 'old.db']) {
    const file = join(dir, name);
    if (name === 'old.db') copyFileSync(new URL('../data/ledgers/0.1.0.db', import.meta.url), file);
    await using _ledger = await openSqliteLedger({ file, clock: testClock(), notice: (message) => told.push(message) });
  }
  const [first, ...each] = told;
  expect(first).toMatch(/brought to the form of this version .*`0019-reading`/);
  expect(each.at(-1)).toMatch(new RegExp(`^migration \`0019-reading\`, ${each.length} of ${each.length}, runs`));
});

test('an upgrade that is killed leaves the ledger as it was, and the next start finishes it', async () => {
  const file = join(await tempDir(), 'ledger.db');
  copyFileSync(new URL('../data/ledgers/0.1.0.db', import.meta.url), file);
  const before = tablesIn(file);
  const { signal } = spawnSync(process.execPath, [
    new URL('../support/killed-upgrade.ts', import.meta.url).pathname,
    file,
  ]);
  expect(signal).toBe('SIGKILL');
  expect(tablesIn(file)).toEqual(before);
  {
    await using _ledger = await openSqliteLedger({ file, clock: testClock() });
  }
  expect(tablesIn(file)).toContain('short_ids');
});

function tablesIn(file: string): unknown[] {
  using ledger = new DatabaseSync(file);
  return ledger
    .prepare('select name from sqlite_master order by name')
    .all()
    .map(({ name }) => name);
}

describe('migrations', () => {
  const folder = new URL('../../src/ledger/db/migrations/', import.meta.url).pathname;
  const files = readdirSync(folder).toSorted();

  test('are frozen: ledgers have run them', () => {
    for (const [file, checksum] of Object.entries(frozen)) {
      const found = createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex');
      expect(
        found,
        `${file} has changed, but ledgers exist that have run it: restore it, and write a new migration`,
      ).toBe(checksum);
    }
  });

  test('are all in the list, and each has a checksum', () => {
    expect(Object.keys(allMigrations).map((name) => `${name}.ts`)).toEqual(files);
    expect(Object.keys(frozen)).toEqual(files);
  });

  test('import nothing of ours, which may change', () => {
    for (const file of files)
      expect(readFileSync(join(folder, file), 'utf8').match(/(?:from|import) '\..*'/g), file).toBeNull();
  });
});

describe('migrations of SQLite', () => {
  migrationsContract(async () => {
    const file = join(await tempDir(), 'ledger.db');
    return {
      name: file,
      open: () => openSqliteLedger({ file, clock: testClock() }),
      read: () => openSqliteReader(file),
      run: async (statement) => {
        using database = new DatabaseSync(file);
        database.exec(statement);
      },
    };
  });
});
