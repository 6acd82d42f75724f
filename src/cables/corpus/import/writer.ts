import type { DatabaseSync } from 'node:sqlite';
import type { ReferenceId } from '../../../core/cable.ts';
import { storedFields, type Fields } from '../copies.ts';
import { unpackCable } from './stored-document.ts';
import { isFuller } from './more-complete.ts';
import type { Counts } from './part.ts';
import type { PreparedCable, PreparedItem } from './prepare.ts';
import type { Item, Reject } from '../sources.ts';
import { factIn, rowOf, setFact } from '../tables.ts';

/** Writes prepared items into a corpus, within the transaction that is open. */
export interface Writer {
  readonly counts: Counts;
  /** `path` is the source that the item is of, as the import was told it. */
  write(path: string, item: Item, prepared: PreparedItem): void;
  reject(reject: Reject): void;
  /** Writes what is only kept in memory: before each commit. */
  settle(): void;
}

export function openWriter(db: DatabaseSync, before: Counts): Writer {
  const counts = { ...before };
  const statements = statementsFor(db);
  const sources = new Map<string, number>();
  let next = Number(factIn(db, 'next'));

  function sourceNumber(path: string): number {
    const known = sources.get(path);
    if (known !== undefined) return known;
    statements.addSource.run(path);
    const number = Number(statements.source.get(path)?.['number']);
    sources.set(path, number);
    return number;
  }

  function writeText(cable: PreparedCable, parts: readonly Uint8Array[]): void {
    const { id, station, listed, fields, tags } = cable;
    const { subject, created, classification, origin } = fields;
    const [packed = new Uint8Array(0), ...places] = parts;
    statements.addCable.run(id, next, station, created, subject, classification, origin, listed, JSON.stringify(tags));
    statements.addDocument.run(next, packed);
    for (const [place, terms] of places.entries()) statements.addWords.run(rowOf(next, place), terms);
    for (const cited of cable.cited) statements.addMention.run(cited, id);
    next += 1;
  }

  /** The copy that counts makes way: its words are found no more, and what it says otherwise is kept. */
  function removeText(id: ReferenceId, kept: Fields, fields: Fields): void {
    const document = Number(statements.known.get(id)?.['document']);
    const packed = statements.document.get(document)?.['packed'];
    if (packed instanceof Uint8Array) {
      for (const { id: cited } of unpackCable(packed).references)
        if (cited !== null) statements.dropMention.run(cited, id);
    }
    statements.dropDocument.run(document);
    statements.emitOld.run(storedFields(kept, fields), id);
  }

  function writeCable(cable: PreparedCable, parts: readonly Uint8Array[]): Fields {
    counts.read += 1;
    const known = statements.known.get(cable.id);
    if (known === undefined) {
      counts.added += 1;
      writeText(cable, parts);
      return cable.fields;
    }
    const packed = statements.document.get(Number(known['document']))?.['packed'];
    const old = packed instanceof Uint8Array ? unpackCable(packed) : undefined;
    if (cable.listed !== null) statements.list.run(cable.listed, cable.id);
    if (old !== undefined && !isFuller(unpackCable(parts[0] ?? new Uint8Array(0)), old)) {
      counts.known += 1;
      return old;
    }
    counts.fuller += 1;
    if (old !== undefined) removeText(cable.id, old, cable.fields);
    writeText(cable, parts);
    return cable.fields;
  }

  return {
    counts,
    write(path, item, { cables, rejects, bytes }) {
      const source = sourceNumber(path);
      const name = item.source === path ? '' : item.source;
      let at = 0;
      for (const cable of cables) {
        const parts = cable.lengths.map((length) => bytes.subarray(at, (at += length)));
        const kept = writeCable(cable, parts);
        statements.addCopy.run(cable.id, source, name, cable.published, item.format, storedFields(cable.fields, kept));
      }
      for (const each of rejects) this.reject(each);
    },
    reject: ({ source, position, reason }) => void statements.addReject.run(source, position, reason),
    settle: () => setFact(db, 'next', String(next)),
  };
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
    emitOld: db.prepare('update copies set fields = ? where id = ? and fields is null'),
    addReject: db.prepare('insert or ignore into rejects values (?, ?, ?)'),
  };
}
