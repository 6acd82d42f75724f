import { expect, test } from 'vitest';
import { noteErasure, unerasedPurges } from '../../src/ledger/db/erasure.ts';
import { steps } from '../support/ledger.ts';
import { deleteAll, marksIn, openMarked } from '../support/marked-ledger.ts';

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
