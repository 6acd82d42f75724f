import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Batch } from '../../src/ledger/db/batch.ts';
import { openSqliteLedger } from '../../src/ledger/db/sqlite.ts';
import { tempDir } from '../support/temp.ts';

test('what is asked for at the same time is done together, in no larger numbers than its kind bears', async () => {
  await using ledger = await openSqliteLedger({ file: join(await tempDir(), 'ledger.db'), clock: systemClock });
  const sizes: number[] = [];
  const squares: Batch<number, number> = {
    keyOf: String,
    most: 4,
    run: async (_tx, items) => {
      sizes.push(items.length);
      return new Map(items.map((item) => [String(item), item ** 2]));
    },
  };
  const numbers = Array.from({ length: 10 }, (_, i) => i);
  const results = await Promise.all(numbers.map((number) => ledger.transactEach(squares, number)));
  expect(results).toEqual(numbers.map((number) => number ** 2));
  expect(sizes).toEqual([4, 4, 2]);
});
