import { expect, test } from 'vitest';
import { noteErasure, notePurge, unerasedPurges } from '../../src/ledger/db/erasure.ts';
import { hourMs } from '../../src/core/durations.ts';
import { now, steps } from '../support/ledger.ts';
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
  expect(await unerasedPurges(ledger.db, now)).toBeUndefined();
  await deleteAll(ledger, marked);
  const purges = await unerasedPurges(ledger.db, now);
  expect(purges).toBe(marked.size);
  await ledger.transact((tx) => noteErasure(tx, purges!, { endedAt: now, tookMs: 90_000 }));
  expect(await unerasedPurges(ledger.db, now + 9 * hourMs)).toBeUndefined();
});

test('after a long erasure writes are spared the next one for a hundred times as long', async () => {
  const { ledger } = await openMarked();
  await using _ledger = ledger;
  await ledger.transact(async (tx) => {
    await noteErasure(tx, 0, { endedAt: now, tookMs: 90_000 });
    await notePurge(tx);
  });
  const minutes = [-1, 0, 60, 89, 90, 200];
  const due = minutes.map(async (after) => (await unerasedPurges(ledger.db, now + after * 60_000)) !== undefined);
  expect(await Promise.all(due)).toEqual([true, false, false, false, true, true]);
  await ledger.transact((tx) => noteErasure(tx, 0, { endedAt: now, tookMs: 30_000 }));
  expect(await unerasedPurges(ledger.db, now)).toBeDefined();
});
