import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { expectContinued, type Stored, storedFiles, storedLedgers, storedQueries } from '../support/stored-ledgers.ts';
import { tempDir } from '../support/temp.ts';
import { writeWorkplace } from '../support/workplace.ts';

describe('a ledger of an earlier version', () => {
  test('is stored for each database', () => {
    const versions = (kind: 'db' | 'sql') => storedFiles(kind).map((file) => file.replace(/\.\w+$/, ''));
    expect(versions('db')).toContain('0.1.0');
    expect(versions('sql')).toEqual(versions('db'));
  });

  test.each(storedFiles('db'))('%s is opened, sound, and continued without a second reply', async (name) => {
    const dir = await tempDir();
    const config = writeWorkplace(dir, []);
    const file = join(dir, 'data/ledger.db');
    mkdirSync(join(dir, 'data'));
    copyFileSync(join(storedLedgers, name), file);
    await expectContinued(storedIn(file), { dir, config });
  });
});

function storedIn(file: string): Stored {
  using database = new DatabaseSync(file, { readOnly: true });
  const all = (query: string) => database.prepare(query).all();
  return { posts: all(storedQueries.posts), replies: all(storedQueries.replies) } as unknown as Stored;
}
