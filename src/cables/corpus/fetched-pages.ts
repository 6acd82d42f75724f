import type { Cable, ReferenceId } from '../../core/cable.ts';
import type { Corpus } from './corpus.ts';
import type { Parse } from './folder-corpus.ts';

/** Reads the fetched page of a cable; undefined if none was fetched. */
export type FetchedPage = (id: ReferenceId) => Promise<string | undefined>;

/** Size of the cache of parsed pages: a popular cable is not parsed again for every post. */
const maxParsed = 200;

/** Adds fetched pages to a corpus, for cables that it does not have. They are found by ID only, not by search. */
export function withFetchedPages(corpus: Corpus, page: FetchedPage, parse: Parse): Corpus {
  const parsed = new Map<ReferenceId, Cable>();
  async function fetched(id: ReferenceId): Promise<Cable | undefined> {
    const known = parsed.get(id);
    if (known !== undefined) return known;
    const text = await page(id);
    const cable = text === undefined ? undefined : cableIn(text, id, parse);
    if (cable === undefined) return undefined;
    const [oldest] = parsed.keys();
    if (oldest !== undefined && parsed.size >= maxParsed) parsed.delete(oldest);
    parsed.set(id, cable);
    return cable;
  }
  return { ...corpus, cable: async (id) => (await corpus.cable(id)) ?? (await fetched(id)) };
}

/** A cable on a page; undefined if it is not there. */
export function cableIn(page: string, id: ReferenceId, parse: Parse): Cable | undefined {
  return parse(page).cables.find(({ referenceId }) => referenceId === id);
}
