import type { DatabaseSync } from 'node:sqlite';
import type { Cable } from '../../../core/cable.ts';
import { type Fields, isMoreComplete, placesIn, storedFields, unpackCable, unpackDocument } from './stored-document.ts';
import type { PreparedCable, PreparedItem } from './prepare.ts';
import type { Reject } from '../formats/format.ts';
import { writeListing } from '../search/index-queries.ts';
import { termsOf } from '../search/terms.ts';
import { factIn, indexes, placesPerDocument, setFact } from '../tables.ts';

/** Counts of cables by result. */
export interface Counts {
  readonly read: number;
  readonly added: number;
  /** Known already; the new copy is more complete. */
  readonly fuller: number;
  /** Known already; the new copy is not more complete. */
  readonly known: number;
}

export const noCounts: Counts = { read: 0, added: 0, fuller: 0, known: 0 };

/** Writes prepared items into a corpus, within the open transaction. */
export class Writer {
  readonly #db: DatabaseSync;
  readonly #counts: { -readonly [Name in keyof Counts]: Counts[Name] };
  readonly #statements: ReturnType<typeof statementsFor>;
  readonly #sources = new Map<string, number>();
  /** The number of the next document. */
  #next: number;

  constructor(db: DatabaseSync, before: Counts) {
    this.#db = db;
    this.#counts = { ...before };
    this.#statements = statementsFor(db);
    this.#next = Number(factIn(db, 'next'));
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** `path` is the item's source as given to the import. */
  write(
    path: string,
    item: { readonly source: string; readonly format: string },
    { cables, rejects, bytes }: PreparedItem,
  ): void {
    const source = this.#sourceNumber(path);
    const name = item.source === path ? '' : item.source;
    let at = 0;
    for (const cable of cables) {
      const parts = cable.lengths.map((length) => bytes.subarray(at, (at += length)));
      const fields = storedFields(cable.fields, this.#writeCable(cable, parts));
      this.#statements.addCopy.run(cable.id, source, name, cable.published, item.format, fields);
    }
    for (const each of rejects) this.reject(each);
  }

  reject({ source, position, reason }: Reject): void {
    this.#statements.addReject.run(source, position, reason);
  }

  /** Writes the state in memory; call before each commit. */
  flush(): void {
    setFact(this.#db, 'next', String(this.#next));
  }

  #sourceNumber(path: string): number {
    const known = this.#sources.get(path);
    if (known !== undefined) return known;
    this.#statements.addSource.run(path);
    const number = Number(this.#statements.source.get(path)?.['number']);
    this.#sources.set(path, number);
    return number;
  }

  /** Returns the fields of the copy that counts. */
  #writeCable(cable: PreparedCable, parts: readonly Uint8Array[]): Fields {
    const { known, document, list } = this.#statements;
    this.#counts.read += 1;
    const row = known.get(cable.id);
    if (row === undefined) {
      this.#counts.added += 1;
      this.#writeText(cable, parts);
      return cable.fields;
    }
    const number = Number(row['document']);
    const packed = document.get(number)?.['packed'];
    const old = packed instanceof Uint8Array ? unpackCable(packed) : undefined;
    if (cable.listed !== null) list.run(cable.listed, cable.id);
    if (old !== undefined && !isMoreComplete(unpackCable(parts[0] ?? new Uint8Array(0)), old)) {
      this.#counts.known += 1;
      return old;
    }
    this.#counts.fuller += 1;
    if (old !== undefined) this.#removeText(number, old, cable.fields);
    this.#writeText(cable, parts);
    return cable.fields;
  }

  #writeText(cable: PreparedCable, parts: readonly Uint8Array[]): void {
    const { addCable, addDocument, addWords, addMention } = this.#statements;
    const { id, station, listed, fields, tags } = cable;
    const { subject, created, classification, origin } = fields;
    const [packed = new Uint8Array(0), ...places] = parts;
    addCable.run(id, this.#next, station, created, subject, classification, origin, listed, JSON.stringify(tags));
    addDocument.run(this.#next, packed);
    for (const [place, terms] of places.entries()) addWords.run(this.#next * placesPerDocument + place, terms);
    for (const cited of cable.cited) addMention.run(cited, id);
    this.#next += 1;
  }

  /** Removes the text of a superseded copy from the index, and stores the fields in which it differs. */
  #removeText(number: number, old: Cable, fields: Fields): void {
    const { dropMention, dropDocument, setFields } = this.#statements;
    for (const { id: cited } of old.references) if (cited !== null) dropMention.run(cited, old.referenceId);
    dropDocument.run(number);
    setFields.run(storedFields(old, fields), old.referenceId);
  }
}

function statementsFor(db: DatabaseSync) {
  return {
    addSource: db.prepare('insert or ignore into sources (path) values (?)'),
    source: db.prepare('select number from sources where path = ?'),
    known: db.prepare('select document from cables where id = ?'),
    list: db.prepare('update cables set listed = ? where id = ? and listed is null'),
    addCable: db.prepare(`insert or replace into cables values
      (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, (select listed from cables where id = ?1)), ?9)`),
    document: db.prepare('select packed from documents where number = ?'),
    addDocument: db.prepare('insert into documents values (?, ?)'),
    dropDocument: db.prepare('delete from documents where number = ?'),
    addWords: db.prepare('insert into words (rowid, terms) values (?, ?)'),
    addMention: db.prepare('insert or ignore into mentions values (?, ?)'),
    dropMention: db.prepare('delete from mentions where cited = ? and citing = ?'),
    addCopy: db.prepare('insert or replace into copies values (?, ?, ?, ?, ?, ?)'),
    setFields: db.prepare('update copies set fields = ? where id = ? and fields is null'),
    addReject: db.prepare('insert or ignore into rejects values (?, ?, ?)'),
  };
}

/** Builds what readers need from the written tables: indexes and term frequencies. Idempotent. */
export function finishTables(db: DatabaseSync): void {
  db.exec('begin');
  for (const [name, columns] of indexes) db.exec(`create index if not exists ${name} on ${columns}`);
  writeListing(db);
  writeFrequencies(db);
  db.exec('commit; analyze');
}

/** Number of sampled documents. Rare terms need no frequency: the index itself counts them quickly. */
const sampleSize = 1000;
const minCount = 3;
/** Of so few documents every term is rare. */
const few = 50;

function writeFrequencies(db: DatabaseSync): void {
  const documents = Number(db.prepare('select count(*) as n from documents').get()?.['n']);
  db.exec('delete from frequencies');
  if (documents <= few) return;
  const step = Math.max(1, Math.floor(documents / sampleSize));
  const places = new Map<string, number>();
  for (const { packed } of db.prepare('select packed from documents where number % ? = 0').iterate(step)) {
    if (!(packed instanceof Uint8Array)) continue;
    for (const { text } of placesIn(unpackDocument(packed))) {
      for (const term of termsOf(text)) places.set(term, (places.get(term) ?? 0) + 1);
    }
  }
  const add = db.prepare('insert into frequencies values (?, ?)');
  for (const [term, found] of places) if (found >= minCount) add.run(term, found * step);
}
