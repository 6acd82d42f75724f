import type { DatabaseSync } from 'node:sqlite';
import { placesIn, unpackDocument } from './stored-document.ts';
import { writeListing } from '../search/index-queries.ts';
import { indexes } from '../tables.ts';
import { termsOf } from '../search/terms.ts';

/** Makes of what was written what readers need: indexes, and how frequent terms are. May be done again. */
export function finishTables(db: DatabaseSync): void {
  db.exec('begin');
  for (const [name, columns] of indexes) db.exec(`create index if not exists ${name} on ${columns}`);
  writeListing(db);
  writeFrequencies(db);
  db.exec('commit; analyze');
}

/** Documents that are looked at; what is rare in them need not be known, for the index itself tells it quickly. */
const sampleSize = 1000;
const minCount = 3;

function writeFrequencies(db: DatabaseSync): void {
  const documents = Number(db.prepare('select count(*) as n from documents').get()?.['n']);
  const step = Math.max(1, Math.floor(documents / sampleSize));
  const places = new Map<string, number>();
  for (const { packed } of db.prepare('select packed from documents where number % ? = 0').iterate(step)) {
    if (!(packed instanceof Uint8Array)) continue;
    for (const { text } of placesIn(unpackDocument(packed))) {
      for (const term of termsOf(text)) places.set(term, (places.get(term) ?? 0) + 1);
    }
  }
  db.exec('delete from frequencies');
  const add = db.prepare('insert into frequencies values (?, ?)');
  for (const [term, found] of places) if (found >= minCount) add.run(term, found * step);
}
