import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { deleteAll, marksIn, openMarked } from '../support/marked-ledger.ts';

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
