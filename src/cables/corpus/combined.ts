import type { Cable } from '../../core/cable.ts';
import { inTime } from './cable-index.ts';
import { isMoreComplete } from './copies.ts';
import type { CableDocument, Corpus, Passage } from './corpus.ts';
import { bestFirst } from './search/find-quotation.ts';

/** Combines several corpora. Of a cable in more than one, the more complete text counts; of equal texts the earlier corpus's. */
export function combineCorpora(corpora: readonly Corpus[]): Corpus {
  const [only, other] = corpora;
  if (only !== undefined && other === undefined) return only;
  const each = <T>(question: (corpus: Corpus) => Promise<T>): Promise<T[]> => Promise.all(corpora.map(question));
  return {
    cable: async (id) => fullest(await each((corpus) => corpus.cable(id)), (cable) => cable),
    async document(id) {
      const found = await each((corpus) => corpus.document(id));
      return withAllSources(
        fullest(found, ({ cable }) => cable),
        found,
      );
    },
    search: async (words, most) =>
      foundOnce((await each((corpus) => corpus.search(words, most))).flat()).slice(0, most),
    citedBy: async (id) => inTime((await each((corpus) => corpus.citedBy(id))).flat()),
    async neighbours(id, most) {
      const found = await each((corpus) => corpus.neighbours(id, most));
      const before = inTime(found.flatMap((near) => near.before));
      return {
        before: before.slice(Math.max(0, before.length - most)),
        after: inTime(found.flatMap((near) => near.after)).slice(0, most),
      };
    },
    numbered: async (index) => (await each((corpus) => corpus.numbered(index))).find((id) => id !== undefined),
  };
}

function fullest<T>(found: readonly (T | undefined)[], cableOf: (each: T) => Cable): T | undefined {
  const there = found.filter((each) => each !== undefined);
  return there.reduce<T | undefined>(
    (best, each) => (best === undefined || isMoreComplete(cableOf(each), cableOf(best)) ? each : best),
    undefined,
  );
}

function withAllSources(
  best: CableDocument | undefined,
  found: readonly (CableDocument | undefined)[],
): CableDocument | undefined {
  const sources = found.flatMap((document) => document?.sources ?? []);
  return best && { ...best, sources: [...new Set(sources)] };
}

/** The same place in two copies is one result. */
function foundOnce(passages: readonly Passage[]): Passage[] {
  const places = new Map<string, Passage>();
  for (const passage of bestFirst(passages)) {
    const place = `${passage.referenceId} ${passage.paragraph}`;
    if (!places.has(place)) places.set(place, passage);
  }
  return [...places.values()];
}
