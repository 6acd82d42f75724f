import { type CableIndex, combineIndexes } from '../cables/corpus/cable-index.ts';
import { type Catalogue, openCatalogue } from '../cables/catalogue/catalogue.ts';
import type { Corpus } from '../cables/corpus/corpus.ts';
import { combineCorpora, withFetchedPages } from '../cables/corpus/combined.ts';
import { openImportedCorpus } from '../cables/corpus/imported.ts';
import { openFolderCorpus } from '../cables/corpus/folder-corpus.ts';
import { openResolver, type Resolver } from '../cables/resolve-citation.ts';
import { allStations } from '../cables/ids/stations.ts';
import type { Config } from '../config/config.ts';
import type { LedgerKnowledge } from './link-knowledge.ts';

/** What is known about cables: imported texts, the catalogue, and the resolver over both. */
export interface Cables extends Disposable {
  /** Imported texts and those of the configured folders. */
  readonly corpus: Corpus;
  readonly resolver: Resolver;
  readonly catalogue: Catalogue | undefined;
  /** All that is known, in lists. */
  readonly index: CableIndex;
  /** How much is known, for people. */
  readonly summary: string;
}

/** Corpus, catalogue and resolver: all that commands about cables need. `known` is what the ledger knows beside them. */
export async function openCables(
  config: Config,
  warn: (message: string) => void,
  known?: LedgerKnowledge,
): Promise<Cables> {
  const folders = await openFolderCorpus(config.corpus, (file, reason) => warn(`${file}: ${reason}`));
  const imported = config.imported === null ? undefined : openImportedCorpus(config.imported, { warn });
  const all = imported === undefined ? [folders] : [imported, folders];
  const texts = combineCorpora(all);
  const corpus = known?.page === undefined ? texts : withFetchedPages(texts, known.page);
  const catalogue = config.catalogue === null ? undefined : openCatalogue(config.catalogue);
  const { targets, fragments } = config.links;
  const sites = { targets, fragments, ownUrl: config.web.publicUrl };
  return {
    corpus,
    resolver: openResolver({ corpus, catalogue, ...sites, linkHealth: known?.linkHealth }),
    catalogue,
    index: combineIndexes(
      all,
      () => catalogue?.index,
      (id) => corpus.cable(id),
    ),
    // Made when it is asked for: a number with its commas loads data of languages, which takes milliseconds.
    get summary() {
      return summaryOf(imported?.size ?? 0, folders.size, catalogue?.size);
    },
    [Symbol.dispose]: () => imported?.[Symbol.dispose](),
  };
}

function summaryOf(imported: number, others: number, listed: number | undefined): string {
  const inFolders = others === 1 ? '1 text' : `${others.toLocaleString('en')} texts`;
  const texts = imported === 0 ? inFolders : `${imported.toLocaleString('en')} imported texts, ${inFolders} in folders`;
  return `${texts}, ${listed === undefined ? 'no catalogue' : `a catalogue of ${listed.toLocaleString('en')} IDs`}`;
}

/** What rules may ask a cable's station for. */
export function geographicNames(): { stations: string[]; countries: string[] } {
  const stations = allStations().filter(({ years }) => years.length > 0);
  const countries = new Set(stations.flatMap(({ country }) => country ?? []));
  return { stations: stations.map(({ code }) => code), countries: [...countries].toSorted() };
}
