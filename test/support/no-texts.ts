import type { Corpus } from '../../src/cables/corpus/corpus.ts';

/** A corpus of nobody who imported no texts. */
export const noTexts: Corpus = {
  cable: () => Promise.resolve(undefined),
  printed: () => Promise.resolve(undefined),
  document: () => Promise.resolve(undefined),
  search: () => Promise.resolve([]),
  citedBy: () => Promise.resolve([]),
  neighbours: () => Promise.resolve({ before: [], after: [] }),
  numbered: () => Promise.resolve(undefined),
};
