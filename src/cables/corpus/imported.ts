import { statSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Cable, ReferenceId } from '../../core/cable.ts';
import { messageOf } from '../../core/errors.ts';
import { partsOf, referenceId } from '../ids/reference-id.ts';
import type { CableIndex } from './cable-index.ts';
import { documentOf } from './copies.ts';
import type { CableBrief, CableDocument, Corpus, Passage } from './corpus.ts';
import { placesIn, unpackCable, unpackDocument } from './import/stored-document.ts';
import type { Quotation } from './search/find-quotation.ts';
import { brief, briefOf, listingIn } from './search/index-queries.ts';
import { passageAt } from './search/find-quotation.ts';
import { searchIn, type TermIndex } from './search/search-corpus.ts';
import { openToRead, placeOfRow } from './tables.ts';

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

  return Object.assign(corpusIn(current), { [Symbol.dispose]: () => store?.[Symbol.dispose]() });
}

/** Identifies a version of the file. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}

/** Answers from a store that may be another one for each query; empty while there is none. */
export function corpusIn(current: () => Store | undefined): Corpus & CableIndex {
  // A thrown error must reject the promise.
  const ask = async <T>(question: (store: Store) => T | Promise<T>, otherwise: T): Promise<T> => {
    const store = current();
    return store === undefined ? otherwise : question(store);
  };
  return {
    get size() {
      return current()?.size ?? 0;
    },
    cable: (id) => ask((store) => store.cable(id), undefined),
    document: (id) => ask((store) => store.document(id), undefined),
    search: (words, most) => ask((store) => searchIn(store, words, most), []),
    citedBy: (id) => ask((store) => store.citedBy(id), []),
    neighbours: (id, each) => ask((store) => store.neighbours(id, each), { before: [], after: [] }),
    list: (query) => ask((store) => store.list(query), { cables: [], next: undefined }),
    groups: (facet, year) => ask((store) => store.groups(facet, year), []),
    numbered: (index) => ask((store) => store.numbered(index), undefined),
  };
}

/** An open imported corpus. */
export interface Store extends TermIndex<number>, CableIndex, Disposable {
  cable(id: ReferenceId): Cable | undefined;
  document(id: ReferenceId): CableDocument | undefined;
  citedBy(id: ReferenceId): CableBrief[];
  neighbours(id: ReferenceId, each: number): { before: CableBrief[]; after: CableBrief[] };
  numbered(index: number): ReferenceId | undefined;
}

/** Errors: the file is no corpus, or has another form. */
export function openStore(file: string): Store {
  return storeIn(openToRead(file));
}

/** `db` has finished tables. */
export function storeIn(db: DatabaseSync): Store {
  return {
    size: Number(db.prepare('select count(*) as n from cables').get()?.['n']),
    ...cablesIn(db),
    ...briefsIn(db),
    ...termsIndexed(db),
    ...listingIn(db),
    [Symbol.dispose]: () => db.close(),
  };
}

function cablesIn(db: DatabaseSync): Pick<Store, 'cable' | 'document' | 'read'> {
  const byId = db.prepare('select packed from cables join documents on number = document where id = ?');
  const byNumber = db.prepare('select packed from documents where number = ?');
  const packed = (id: ReferenceId) => bytesOf(byId.get(id)?.['packed']);
  return {
    cable(id) {
      const bytes = packed(id);
      return bytes && unpackCable(bytes);
    },
    document(id) {
      const bytes = packed(id);
      return bytes && documentOf(db, unpackDocument(bytes));
    },
    read(row, quotation) {
      const { document, place } = placeOfRow(row);
      // Undefined for a text that was replaced by a more complete one.
      const bytes = bytesOf(byNumber.get(document)?.['packed']);
      return bytes && passageIn(bytes, place, quotation);
    },
  };
}

function passageIn(packed: Uint8Array, place: number, quotation: Quotation): Passage | undefined {
  const document = unpackDocument(packed);
  const found = placesIn(document)[place];
  return found && passageAt(found, quotation, document.cable.referenceId);
}

function briefsIn(db: DatabaseSync): Pick<Store, 'citedBy' | 'neighbours' | 'numbered'> {
  const citing = db.prepare(`${brief} join mentions on id = citing where cited = ? order by created nulls last, id`);
  const place = db.prepare('select station, created from cables where id = ?');
  const before = db.prepare(
    `${brief} where station = ?1 and (created, id) < (?2, ?3) order by created desc, id desc limit ?4`,
  );
  const after = db.prepare(`${brief} where station = ?1 and (created, id) > (?2, ?3) order by created, id limit ?4`);
  const listed = db.prepare('select id from cables where listed = ? order by id');
  return {
    citedBy: (id) => citing.all(id).map(briefOf),
    neighbours(id, each) {
      const { station = partsOf(id)?.station ?? null, created = null } = place.get(id) ?? {};
      if (created === null) return { before: [], after: [] };
      return {
        before: before.all(station, created, id, each).map(briefOf).toReversed(),
        after: after.all(station, created, id, each).map(briefOf),
      };
    },
    numbered(index) {
      const found = listed.get(index)?.['id'];
      return found === undefined ? undefined : referenceId(String(found));
    },
  };
}

function termsIndexed(db: DatabaseSync): Pick<Store, 'frequency' | 'having'> {
  const frequent = db.prepare('select places from frequencies where term = ?');
  const matching = db.prepare('select rowid from words where words match ? limit ?');
  const having = (terms: readonly string[], most: number) =>
    matching.all(terms.map((term) => `"${term}"`).join(' AND '), most).map(({ rowid }) => Number(rowid));
  return {
    having,
    // Terms outside the sample are rare or missing.
    frequency: (term) => Number(frequent.get(term)?.['places'] ?? having([term], 1).length),
  };
}

function bytesOf(value: SQLOutputValue | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}
