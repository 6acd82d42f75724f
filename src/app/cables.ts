import { type Catalogue, openCatalogue } from '../cables/catalogue.ts';
import { besideFetched } from '../cables/fetched-pages.ts';
import { openFolderCorpus } from '../cables/folder-corpus.ts';
import { parseDocument } from '../cables/parse/document.ts';
import { openResolver, type Resolver } from '../cables/resolve.ts';
import { allStations } from '../cables/stations.ts';
import type { Config } from '../config/schema.ts';
import type { LedgerKnowledge } from './links.ts';

/** What is known about cables: imported texts, the list of IDs, and the resolver over both. */
export interface Cables {
  readonly resolver: Resolver;
  readonly catalogue: Catalogue | undefined;
  /** How much is known, for people. */
  readonly summary: string;
}

/** Corpus, list of IDs and resolver: all that commands about cables need. `known` is what the ledger knows beside them. */
export async function openCables(
  config: Config,
  warn: (message: string) => void,
  known?: LedgerKnowledge,
): Promise<Cables> {
  const corpus = await openFolderCorpus(config.corpus, parseDocument, (file, reason) => warn(`${file}: ${reason}`));
  const catalogue = config.catalogue === null ? undefined : openCatalogue(config.catalogue);
  const texts = corpus.size === 1 ? '1 text' : `${corpus.size.toLocaleString('en')} texts`;
  const ids = catalogue === undefined ? 'no list of IDs' : `a list of ${catalogue.size.toLocaleString('en')} IDs`;
  const all = known?.page === undefined ? corpus : besideFetched(corpus, known.page, parseDocument);
  const resolver = openResolver({ corpus: all, catalogue, targets: config.links.targets, alive: known?.alive });
  return { resolver, catalogue, summary: `${texts}, ${ids}` };
}

/** What rules may ask a cable's station for. */
export function placeNames(): { stations: string[]; countries: string[] } {
  const stations = allStations().filter(({ years }) => years.length > 0);
  const countries = new Set(stations.flatMap(({ country }) => country ?? []));
  return { stations: stations.map(({ code }) => code), countries: [...countries].toSorted() };
}
