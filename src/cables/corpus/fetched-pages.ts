import type { Cable, ReferenceId } from '../../core/cable.ts';
import { BoundedMap } from '../../core/async.ts';
import { parseDocument } from '../parse/parse-document.ts';
import type { Corpus } from './corpus.ts';

/** Reads the fetched page of a cable; undefined if none was fetched. */
export type FetchedPage = (id: ReferenceId) => Promise<string | undefined>;

/** Size of the cache of parsed pages: a popular cable is not parsed again for every post. */
const maxParsed = 200;

/** Adds fetched pages to a corpus, for cables that it does not have. They are found by ID only, not by search. */
export function withFetchedPages(corpus: Corpus, page: FetchedPage): Corpus {
  const parsed = new BoundedMap<ReferenceId, Cable>(maxParsed);
  async function fetched(id: ReferenceId): Promise<Cable | undefined> {
    const known = parsed.get(id);
    if (known !== undefined) return known;
    const text = await page(id);
    const cable = text === undefined ? undefined : cableIn(text, id);
    if (cable === undefined) return undefined;
    parsed.set(id, cable);
    return cable;
  }
  return { ...corpus, cable: async (id) => (await corpus.cable(id)) ?? (await fetched(id)) };
}

/** A cable on a page; undefined if it is not there. */
export function cableIn(page: string, id: ReferenceId): Cable | undefined {
  return parseDocument(page).cables.find(({ referenceId }) => referenceId === id);
}
