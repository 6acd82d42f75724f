import { describe, expect, test } from 'vitest';
import { growthOf, linear } from '../support/growth.ts';
import { pieces, readers } from '../support/hostile-texts.ts';

describe('a text of a stranger, however it is repeated,', () => {
  test('takes work that grows with its length', { timeout: 240_000 }, async () => {
    const growths = await growthOf(new URL('hostile-texts.work.ts', import.meta.url), 8000);
    expect(growths.size).toBeGreaterThan(10 * Object.keys(readers).length);
    expect([...growths].filter(([, growth]) => growth > linear)).toEqual([]);
  });

  // What a regular expression does within is not counted: one that is not linear would need minutes for 100,000 units.
  test.each(Object.entries(readers))('is read within the test’s time: %s', (_name, read) => {
    for (const piece of pieces) read(piece.repeat(Math.ceil(100_000 / piece.length)));
  });
});
