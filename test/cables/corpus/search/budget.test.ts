import { describe, expect, test } from 'vitest';
import { combineCorpora } from '../../../../src/cables/corpus/combined.ts';
import { openStore } from '../../../../src/cables/corpus/imported.ts';
import { Budget } from '../../../../src/cables/corpus/search/budget.ts';
import { matchQuotation } from '../../../../src/cables/corpus/search/find-quotation.ts';
import { searchIn } from '../../../../src/cables/corpus/search/search-corpus.ts';
import { seeded } from '../../../support/make-posts.ts';
import { quoteFrom, withTypos } from '../../../support/corpus/quotations.ts';
import { growthOf, linear } from '../../../support/growth.ts';
import { importedFolder, made } from '../made.ts';

describe('a text that shares less than half of the words exactly', () => {
  const words = 'ambassador minister harbour bridges'.split(' ');
  const misspelt = 'ambasador ministar harbour bridges'.split(' ');

  test('is not compared letter by letter, and one that shares half of them is', () => {
    const [few, half] = [new Budget(), new Budget()];
    const quotation = { words: misspelt, gaps: new Set<number>() };
    expect(matchQuotation(quotation, [...words.slice(0, 3), 'other'], few).score).toBe(0);
    expect(few.spent).toBe(0);
    expect(matchQuotation(quotation, words, half).score).toBeGreaterThan(0.9);
    expect(half.spent).toBeGreaterThan(words.length * misspelt.length);
  });
});

describe('the work of a search', () => {
  test('pays for the comparison with a text before it is made, or does not make it', () => {
    const quotation = { words: ['bridges', 'harbour', 'minister', 'vault'], gaps: new Set<number>() };
    const text = ['vault', 'minister', 'harbour', 'bridges'];
    expect(matchQuotation(quotation, text).score).toBeGreaterThan(0);
    expect(matchQuotation(quotation, text, new Budget(quotation.words.length * text.length - 1)).score).toBe(0);
  });

  test('ends with its budget, whatever is left to find', async () => {
    const { target } = await importedFolder();
    using store = openStore(target);
    const random = seeded(3);
    const quotes = Array.from({ length: 20 }, (_, at) => quoteFrom(made.cable(at), random)).flatMap((one) => one ?? []);
    for (const { words } of quotes) {
      const misspelt = withTypos(words, 2, random);
      const whole = new Budget();
      const found = searchIn(store, misspelt, 10, whole);
      for (let cells = 1000; cells < whole.spent; cells *= 2) {
        const budget = new Budget(cells);
        let read = 0;
        const counted = { ...store, read: (...given: Parameters<typeof store.read>) => (read++, store.read(...given)) };
        const fewer = searchIn(counted, misspelt, 10, budget);
        expect(budget.spent).toBeLessThanOrEqual(cells);
        expect(fewer.length).toBeLessThanOrEqual(Math.max(found.length, read));
      }
      expect(searchIn(store, misspelt, 10)).toEqual(found);
    }
  });

  test('is all counted: with a budget twice as large it at most doubles', { timeout: 120_000 }, async () => {
    const growths = await growthOf(new URL('search.work.ts', import.meta.url), 200_000);
    expect([...growths].filter(([, growth]) => growth > linear)).toEqual([]);
  });
});

test('searches run one at a time, each in a turn of its own, and those of clients that left not at all', async () => {
  const turns: string[] = [];
  const { target } = await importedFolder();
  using store = openStore(target);
  const corpus = combineCorpora([
    { ...store, search: async (words, most) => (turns.push(words), store.search(words, most)) },
  ]);
  const left = new AbortController();
  const searches = ['one', 'two', 'three'].map((words) =>
    corpus.search(words, 1, words === 'two' ? left.signal : undefined),
  );
  left.abort(new Error('the client left'));
  const between = new Promise<void>((resolve) => {
    setImmediate(() => {
      turns.push('other work');
      resolve();
    });
  });
  const results = await Promise.allSettled(searches);
  await between;
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(turns).toEqual(['one', 'other work', 'three']);
});
