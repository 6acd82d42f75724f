import { statSync } from 'node:fs';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { BoundedMap } from '../../core/async.ts';
import type { PrintedCable, ReferenceId } from '../../core/cable.ts';
import { messageOf } from '../../core/errors.ts';
import { partsOf, referenceId } from '../ids/reference-id.ts';
import type { CableIndex } from './cable-index.ts';
import type { CableDocument, Conflict, Corpus } from './corpus.ts';
import { type Fields, fieldNames, placesIn, unpackDocument } from './import/stored-document.ts';
import { passageAt } from './search/find-quotation.ts';
import { brief, briefOf, listingIn } from './search/index-queries.ts';
import { searchIn, type TermIndex } from './search/search-corpus.ts';
import { emptyTables, openToRead, placesPerDocument } from './tables.ts';

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
  let store = openStore(seen && file);
  let checkedAt = performance.now();

  /** Queries run synchronously, so none is still reading from the store that is closed here. */
  function current(): Store {
    if (performance.now() - checkedAt < checkEveryMs) return store;
    checkedAt = performance.now();
    const now = identityOf(file);
    if (now === seen) return store;
    seen = now;
    try {
      const next = openStore(now && file);
      store[Symbol.dispose]();
      store = next;
    } catch (error) {
      warn(`${messageOf(error)}; still using the earlier one`);
    }
    return store;
  }

  // A thrown error must reject the promise.
  return {
    get size() {
      return current().size;
    },
    cable: async (id) => current().cable(id),
    printed: async (id) => current().printed(id),
    document: async (id) => current().document(id),
    search: async (words, most) => current().search(words, most),
    citedBy: async (id) => current().citedBy(id),
    neighbours: async (id, each) => current().neighbours(id, each),
    numbered: async (index) => current().numbered(index),
    list: async (query) => current().list(query),
    groups: async (by, year) => current().groups(by, year),
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

/** Identifies a version of the file. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}

/** An open corpus, from one version of its file. */
export interface Store extends ImportedCorpus, TermIndex {}

/** Empty without a file. Errors: the file is no corpus, or has another form. */
export function openStore(file: string | undefined): Store {
  return storeIn(file === undefined ? emptyTables() : openToRead(file));
}

/** `db` has finished tables. */
export function storeIn(db: DatabaseSync): Store {
  const terms = termsIn(db);
  return {
    size: Number(db.prepare('select count(*) as n from cables').get()?.['n']),
    ...cablesIn(db),
    ...briefsIn(db),
    ...terms,
    ...listingIn(db),
    search: async (words, most) => searchIn(terms, words, most),
    [Symbol.dispose]: () => db.close(),
  };
}

/** Those that were asked for last: many posts cite the same few. Of the longest, each takes a megabyte. */
const maxRemembered = 32;

function cablesIn(db: DatabaseSync): Pick<Corpus, 'cable' | 'printed' | 'document'> {
  const byId = db.prepare('select packed from cables join documents on number = document where id = ?');
  const remembered = new BoundedMap<ReferenceId, PrintedCable>(maxRemembered);
  function printed(id: ReferenceId): PrintedCable | undefined {
    const packed = remembered.has(id) ? undefined : bytesOf(byId.get(id)?.['packed']);
    const found = remembered.get(id) ?? (packed && unpackDocument(packed));
    // Again, so that those asked for last stay.
    if (found !== undefined) remembered.set(id, found);
    return found;
  }
  return {
    cable: async (id) => printed(id)?.cable,
    printed: async (id) => printed(id),
    async document(id) {
      const found = printed(id);
      return found && documentOf(db, found);
    },
  };
}

/** A cable with its sources, and the fields in which they differ. */
function documentOf(db: DatabaseSync, { cable, body }: PrintedCable): CableDocument {
  const copies = db
    .prepare(
      'select path, item, fields from copies join sources on number = source where id = ? order by path, item, published',
    )
    .all(cable.referenceId);
  const places = copies.map(({ path, item, fields }) => ({ source: String(item === '' ? path : item), fields }));
  return {
    cable,
    body,
    sources: [...new Set(places.map(({ source }) => source))],
    conflicts: places.flatMap(({ source, fields }) =>
      typeof fields === 'string' ? conflictsWith(cable, fields, source) : [],
    ),
  };
}

function conflictsWith(kept: Fields, stored: string, source: string): Conflict[] {
  const own = JSON.parse(stored) as Fields;
  return fieldNames
    .filter((field) => own[field] !== kept[field] && own[field] !== null)
    .map((field) => ({ field, source, value: own[field] ?? '', kept: kept[field] }));
}

function briefsIn(db: DatabaseSync): Pick<Corpus, 'citedBy' | 'neighbours' | 'numbered'> {
  const citing = db.prepare(`${brief} join mentions on id = citing where cited = ? order by created nulls last, id`);
  const place = db.prepare('select station, created from cables where id = ?');
  const before = db.prepare(
    `${brief} where station = ?1 and (created, id) < (?2, ?3) order by created desc, id desc limit ?4`,
  );
  const after = db.prepare(`${brief} where station = ?1 and (created, id) > (?2, ?3) order by created, id limit ?4`);
  const listed = db.prepare('select id from cables where listed = ? order by id');
  return {
    citedBy: async (id) => citing.all(id).map(briefOf),
    async neighbours(id, each) {
      const { station = partsOf(id)?.station ?? null, created = null } = place.get(id) ?? {};
      if (created === null) return { before: [], after: [] };
      return {
        before: before.all(station, created, id, each).map(briefOf).toReversed(),
        after: after.all(station, created, id, each).map(briefOf),
      };
    },
    async numbered(index) {
      const found = listed.get(index)?.['id'];
      return found === undefined ? undefined : referenceId(String(found));
    },
  };
}

/** Unpacking a byte takes as long as comparing so many cells. */
const cellsPerByte = 4;

function termsIn(db: DatabaseSync): TermIndex {
  const frequent = db.prepare('select places from frequencies where term = ?');
  const matching = db.prepare('select rowid from words where words match ? limit ?');
  const byNumber = db.prepare('select packed from documents where number = ?');
  const having = (terms: readonly string[], most: number) =>
    matching.all(terms.map((term) => `"${term}"`).join(' AND '), most).map(({ rowid }) => Number(rowid));
  return {
    having,
    // Terms outside the sample are rare or missing.
    frequency: (term) => Number(frequent.get(term)?.['places'] ?? having([term], 1).length),
    read(row, quotation, budget) {
      // Undefined for a text that was replaced by a more complete one.
      const packed = bytesOf(byNumber.get(Math.floor(row / placesPerDocument))?.['packed']);
      if (packed === undefined || !budget.take(packed.length * cellsPerByte)) return undefined;
      const document = unpackDocument(packed);
      const place = placesIn(document)[row % placesPerDocument];
      return place && passageAt(place, quotation, { referenceId: document.cable.referenceId, budget });
    },
  };
}

function bytesOf(value: SQLOutputValue | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}
