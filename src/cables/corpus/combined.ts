import { setImmediate as nextTurn } from 'node:timers/promises';
import { BoundedMap, openSemaphore } from '../../core/async.ts';
import type { Cable, PrintedCable, ReferenceId } from '../../core/cable.ts';
import { messageOf } from '../../core/errors.ts';
import { Thread } from '../../core/thread.ts';
import type { Readout } from './formats/index.ts';
import { inTime } from './cable-index.ts';
import type { CableDocument, Corpus, Passage } from './corpus.ts';
import { isMoreComplete } from './import/stored-document.ts';
import { bestFirst } from './search/find-quotation.ts';

/** Combines several corpora. Of a cable in more than one, the more complete text counts; of equal texts the earlier corpus's. */
export function combineCorpora(corpora: readonly Corpus[]): Corpus {
  const each = <T>(question: (corpus: Corpus) => Promise<T>): Promise<T[]> => Promise.all(corpora.map(question));
  return {
    cable: async (id) => fullest(await each((corpus) => corpus.cable(id)), (cable) => cable),
    printed: async (id) => fullest(await each((corpus) => corpus.printed(id)), ({ cable }) => cable),
    async document(id) {
      const found = await each((corpus) => corpus.document(id));
      return withAllSources(
        fullest(found, ({ cable }) => cable),
        found,
      );
    },
    async search(words, most, signal) {
      const found: Passage[] = [];
      for (const corpus of corpora) found.push(...(await inTurn(async () => await corpus.search(words, most), signal)));
      return foundOnce(found).slice(0, most);
    },
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

const oneByOne = openSemaphore(1);

/** Runs searches one at a time, each in a turn of its own of the event loop, so that other work goes on between them. */
function inTurn<T>(search: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return oneByOne(async () => {
    signal?.throwIfAborted();
    await nextTurn();
    return await search();
  });
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

/** Reads the fetched page of a cable; undefined if none was fetched. */
export type FetchedPage = (id: ReferenceId) => Promise<string | undefined>;

/** Size of the cache of parsed pages: a popular cable is not parsed again for every post. */
const maxParsed = 200;

/** Adds fetched pages to a corpus, for cables that it does not have. They are found by ID only, not by search. */
export function withFetchedPages(corpus: Corpus, page: FetchedPage): Corpus {
  const parsed = new BoundedMap<ReferenceId, PrintedCable>(maxParsed);
  async function fetched(id: ReferenceId): Promise<PrintedCable | undefined> {
    const known = parsed.get(id);
    if (known !== undefined) return known;
    const text = await page(id);
    const printed = text === undefined ? undefined : cableOn(await readPage(text), id);
    if (printed === undefined) return undefined;
    parsed.set(id, printed);
    return printed;
  }
  return {
    ...corpus,
    cable: async (id) => (await corpus.cable(id)) ?? (await fetched(id))?.cable,
    printed: async (id) => (await corpus.printed(id)) ?? (await fetched(id)),
  };
}

const reader = new Thread<string, Readout>(new URL('./page-reader.ts', import.meta.url), {
  deadlineMs: 5000,
  maxHeapMb: 512,
});

/** Reads a fetched page in a thread of its own; one that takes too much time or memory has no cables, but a reject that says so. */
export async function readPage(page: string): Promise<Readout> {
  try {
    return await reader.run(page);
  } catch (error) {
    return { cables: [], rejects: [{ source: '', position: '', reason: `the page ${messageOf(error)}` }] };
  }
}

/** The cable of a page; undefined if it is not there. */
export function cableOn({ cables }: Readout, id: ReferenceId): PrintedCable | undefined {
  return cables.find(({ cable }) => cable.referenceId === id);
}
