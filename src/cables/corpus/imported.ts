import { statSync } from 'node:fs';
import { messageOf } from '../../core/errors.ts';
import type { CableIndex } from './cable-index.ts';
import type { Corpus } from './corpus.ts';
import { searchIn } from './search/search-corpus.ts';
import { openStore, type Store } from './store.ts';

export interface ImportedCorpus extends Corpus, CableIndex, Disposable {}

export interface ImportedOptions {
  /** Called if a replaced file cannot be read; the previous one stays in use. */
  readonly warn: (message: string) => void;
  /** Interval of checks for a new file. */
  readonly checkEveryMs?: number;
}

/**
 * The corpus that `corpus import` writes; empty while there is none. A new file is used from the next query
 * on. Errors: the file is no corpus, or has another form.
 */
export function openImportedCorpus(file: string, { warn, checkEveryMs = 1000 }: ImportedOptions): ImportedCorpus {
  let seen = identityOf(file);
  let store: Store | undefined = seen === undefined ? undefined : openStore(file);
  let checkedAt = performance.now();

  /** Queries run synchronously, so none is still reading from the store that is closed here. */
  function current(): Store | undefined {
    if (performance.now() - checkedAt < checkEveryMs) return store;
    checkedAt = performance.now();
    const now = identityOf(file);
    if (now === seen) return store;
    seen = now;
    try {
      const next = now === undefined ? undefined : openStore(file);
      store?.[Symbol.dispose]();
      store = next;
    } catch (error) {
      warn(`${messageOf(error)}; still using the earlier one`);
    }
    return store;
  }

  // oxlint-disable-next-line typescript/require-await -- a thrown error must reject the promise
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

/** Identifies a version of the file. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}
