import type { Cable, ReferenceId } from '../../core/cable.ts';
import type { Corpus } from './corpus.ts';
import type { Parse } from './folder-corpus.ts';

/** The page of a cable that was fetched because its text was nowhere else. */
export type FetchedPage = (id: ReferenceId) => Promise<string | undefined>;

/** Parsed pages that are at hand: a popular cable is not parsed with every post. */
const mostAtHand = 200;

/** A corpus that knows fetched pages, too, where it has no better text. They are looked up by their ID alone: nothing searches them. */
export function besideFetched(corpus: Corpus, page: FetchedPage, parse: Parse): Corpus {
  const atHand = new Map<ReferenceId, Cable>();
  async function fetched(id: ReferenceId): Promise<Cable | undefined> {
    const known = atHand.get(id);
    if (known !== undefined) return known;
    const text = await page(id);
    const cable = text === undefined ? undefined : cableIn(text, id, parse);
    if (cable === undefined) return undefined;
    const [oldest] = atHand.keys();
    if (oldest !== undefined && atHand.size >= mostAtHand) atHand.delete(oldest);
    atHand.set(id, cable);
    return cable;
  }
  return { ...corpus, cable: async (id) => (await corpus.cable(id)) ?? (await fetched(id)) };
}

/** A cable on a page; undefined: it is not there. */
export function cableIn(page: string, id: ReferenceId, parse: Parse): Cable | undefined {
  return parse(page).cables.find(({ referenceId }) => referenceId === id);
}
