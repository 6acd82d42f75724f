import { statSync } from 'node:fs';
import { messageOf } from '../../core/errors.ts';
import type { CableIndex } from './cable-index.ts';
import type { Corpus } from './corpus.ts';
import { searchIn } from './search/search-corpus.ts';
import { openStore, type Store } from './store.ts';

export interface ImportedCorpus extends Corpus, CableIndex, Disposable {}

export interface ImportedOptions {
  /** Told when a file that has taken the place of the last cannot be read; the last is used on. */
  readonly warn: (message: string) => void;
  /** A new file is noticed after this long. */
  readonly lookEveryMs?: number;
}

/**
 * The corpus that `corpus import` writes; without texts while there is none. A file that takes its place is used from the next question
 * on. Errors: the file that is there is no corpus, or one of another form.
 */
export function openImportedCorpus(file: string, { warn, lookEveryMs = 1000 }: ImportedOptions): ImportedCorpus {
  let seen = identityOf(file);
  let store: Store | undefined = seen === undefined ? undefined : openStore(file);
  let looked = performance.now();

  /** Questions are answered at a stretch, so nobody reads on in what is closed here. */
  function current(): Store | undefined {
    if (performance.now() - looked < lookEveryMs) return store;
    looked = performance.now();
    const now = identityOf(file);
    if (now === seen) return store;
    seen = now;
    try {
      const next = now === undefined ? undefined : openStore(file);
      store?.[Symbol.dispose]();
      store = next;
    } catch (error) {
      warn(`${messageOf(error)}; the earlier one is used on`);
    }
    return store;
  }

  // oxlint-disable-next-line typescript/require-await -- what a question throws is its promise's
  const ask = async <T>(question: (store: Store) => T | Promise<T>, otherwise: T): Promise<T> => {
    const now = current();
    return now === undefined ? otherwise : question(now);
  };
  return {
    get size() {
      return current()?.size ?? 0;
    },
    cable: (id) => ask((now) => now.cable(id), undefined),
    document: (id) => ask((now) => now.document(id), undefined),
    search: (words, most) => ask((now) => searchIn(now, words, most), []),
    citedBy: (id) => ask((now) => now.citedBy(id), []),
    neighbours: (id, each) => ask((now) => now.neighbours(id, each), { before: [], after: [] }),
    list: (query) => ask((now) => now.list(query), { cables: [], next: undefined }),
    groups: (facet, year) => ask((now) => now.groups(facet, year), []),
    numbered: (index) => ask((now) => now.numbered(index), undefined),
    [Symbol.dispose]: () => store?.[Symbol.dispose](),
  };
}

/** Another file has another one. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}
