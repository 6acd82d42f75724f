import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { noteErasure, unerasedPurges } from '../../src/ledger/db/erasure.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { deletePost } from '../../src/ledger/posts/post-changes.ts';
import { purgeDeleted } from '../../src/ledger/posts/purge-deleted.ts';
import { testClock } from '../support/clock.ts';
import { now, steps } from '../support/ledger.ts';
import { post } from '../support/posts.ts';
import { tempDir } from '../support/temp.ts';

const mark = /MARK-\w+/g;

/** All marks in the files of a folder. */
function marksIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'latin1').match(mark) ?? []);
}

/** A ledger with 1500 posts of all lengths, ten of them marked, which are deleted again. */
async function openMarked() {
  const file = join(await tempDir(), 'ledger.db');
  const ledger = await openSqliteLedger({ file, clock: testClock(now) });
  const { keepThese } = steps(() => ledger);
  const marked = new Set<string>();
  for (let from = 0; from < 1500; from += 50) {
    const posts = Array.from({ length: 50 }, (_, index) => {
      const serial = from + index;
      const id = `${(serial * 7919) % 1500}/${serial % 150 === 0 ? `MARK-id${serial}` : 'plain'}`;
      if (id.includes('MARK')) marked.add(id);
      const author = { id: id.replace('id', 'author'), handle: 'ada', name: null, bot: false };
      return post({ id, author, text: `${'word '.repeat(20 + ((serial * 37) % 300))}${id.replace('id', 'text')}` });
    });
    await keepThese(posts);
  }
  return { file, folder: dirname(file), ledger, marked };
}

async function deleteAll(ledger: Ledger, ids: ReadonlySet<string>): Promise<void> {
  for (const id of ids) await ledger.transact((tx) => deletePost(tx, `file:${id}`, { now, withdraw: true }));
  await ledger.transact((tx) => purgeDeleted(tx, now));
}

test('an erasure leaves no byte of deleted posts in any file of the ledger, while the bot goes on', async () => {
  const { folder, ledger, marked } = await openMarked();
  await using _ledger = ledger;
  await deleteAll(ledger, marked);
  expect(marksIn(folder)).not.toEqual([]);
  const erasing = ledger.erase();
  const { keep } = steps(() => ledger);
  const meanwhile = keep('new');
  expect(await erasing).toBe(true);
  expect((await meanwhile).fresh).toEqual(['file:new']);
  expect(marksIn(folder)).toEqual([]);
});

test('a reader of an old state holds an erasure up, and is told of', async () => {
  const { file, folder, ledger, marked } = await openMarked();
  await using _ledger = ledger;
  using reader = new DatabaseSync(file, { readOnly: true });
  reader.exec('begin; select count(*) from posts');
  await deleteAll(ledger, marked);
  expect(await ledger.erase()).toBe(false);
  reader.exec('rollback');
  expect(await ledger.erase()).toBe(true);
  expect(marksIn(folder)).toEqual([]);
});

test('purges are counted until they are erased', async () => {
  const { ledger, marked } = await openMarked();
  await using _ledger = ledger;
  expect(await unerasedPurges(ledger.db)).toBeUndefined();
  await deleteAll(ledger, marked);
  const purges = await unerasedPurges(ledger.db);
  expect(purges).toBe(marked.size);
  await ledger.transact((tx) => noteErasure(tx, purges!));
  expect(await unerasedPurges(ledger.db)).toBeUndefined();
});
