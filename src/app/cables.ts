import { type CableIndex, combineIndexes } from '../cables/cable-index.ts';
import { type Catalogue, openCatalogue } from '../cables/catalogue.ts';
import type { Corpus } from '../cables/corpus.ts';
import { combineCorpora } from '../cables/corpus/combined.ts';
import { openImportedCorpus } from '../cables/corpus/imported.ts';
import { openFolderCorpus } from '../cables/folder-corpus.ts';
import { parseDocument } from '../cables/parse/document.ts';
import { openResolver, type Resolver } from '../cables/resolve.ts';
import { allStations } from '../cables/stations.ts';
import type { Config } from '../config/schema.ts';

/** What is known about cables: imported texts, the list of IDs, and the resolver over both. */
export interface Cables {
  /** Imported texts and those of the configured folders. */
  readonly corpus: Corpus;
  readonly resolver: Resolver;
  readonly catalogue: Catalogue | undefined;
  /** All that is known, in lists. */
  readonly index: CableIndex;
  /** How much is known, for people. */
  readonly summary: string;
}

/** Corpus, list of IDs and resolver: all that commands about cables need. */
export async function openCables(config: Config, warn: (message: string) => void): Promise<Cables> {
  const folders = await openFolderCorpus(config.corpus, parseDocument, (file, reason) => warn(`${file}: ${reason}`));
  const imported = config.imported === null ? undefined : openImportedCorpus(config.imported, { warn });
  const all = imported === undefined ? [folders] : [imported, folders];
  const corpus = combineCorpora(all);
  const catalogue = config.catalogue === null ? undefined : openCatalogue(config.catalogue);
  const ids = catalogue === undefined ? 'no list of IDs' : `a list of ${catalogue.size.toLocaleString('en')} IDs`;
  const resolver = openResolver({ corpus, catalogue, targets: config.links.targets, ownUrl: config.web.publicUrl });
  const index = combineIndexes(
    all,
    () => catalogue?.index,
    (id) => corpus.cable(id),
  );
  return { corpus, resolver, catalogue, index, summary: `${texts(imported?.size ?? 0, folders.size)}, ${ids}` };
}

function texts(imported: number, others: number): string {
  const inFolders = others === 1 ? '1 text' : `${others.toLocaleString('en')} texts`;
  return imported === 0 ? inFolders : `${imported.toLocaleString('en')} imported texts, ${inFolders} in folders`;
}

/** What rules may ask a cable's station for. */
export function placeNames(): { stations: string[]; countries: string[] } {
  const stations = allStations().filter(({ years }) => years.length > 0);
  const countries = new Set(stations.flatMap(({ country }) => country ?? []));
  return { stations: stations.map(({ code }) => code), countries: [...countries].toSorted() };
}
