import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

/** Version of the tables and of the numbering of places. A file of another form needs another version of Pilcrow. */
const form = 4;

/** A row's number in `words` is `document * placesPerDocument + place`. */
export const placesPerDocument = 1024;

/**
 * `cables` has a row per cable, `documents` the packed text that counts, under a number of its own: a more complete text gets a new number,
 * and the old rows of `words` lead nowhere. `words` is a contentless index of terms, which are already split and
 * folded. `listing` is built from `cables` at the end: each cable in chronological order among all (facet `all`), and
 * among those of its station, classification and TAGS.
 */
const tables = `
  create table cables (id text primary key, document integer not null, station text, created text, subject text, classification text, origin text, listed integer, tags text not null) without rowid;
  create table documents (number integer primary key, packed blob not null);
  create table mentions (cited text not null, citing text not null, primary key (cited, citing)) without rowid;
  create table sources (number integer primary key, path text not null unique);
  create table copies (id text not null, source integer not null, item text not null, published text not null, format text not null, fields text, primary key (id, source, item, published)) without rowid;
  create table frequencies (term text primary key, places integer not null) without rowid;
  create table rejects (source text not null, position text not null, reason text not null, primary key (source, position, reason)) without rowid;
  create table listing (facet text not null, name text not null, at text not null, id text not null, primary key (facet, name, at, id)) without rowid;
  create table facts (name text primary key, value text not null) without rowid;
  create virtual table words using fts5(terms, content='', columnsize=0, detail=none, tokenize='ascii');
  insert into facts values ('form', '${form}'), ('next', '1');
`;

/** Indexes for reading only, created after all writing. */
export const indexes = [
  ['cables_by_time', 'cables (station, created, id)'],
  ['cables_by_listed', 'cables (listed) where listed is not null'],
] as const;

export function createTables(db: DatabaseSync): void {
  db.exec(`begin; ${tables} commit`);
}

/** In memory. */
export function emptyTables(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  createTables(db);
  return db;
}

/** Opens a finished corpus. It is never written again, so no locks are needed and the folder may be read-only. Errors: no corpus. */
export function openToRead(file: string): DatabaseSync {
  const url = new URL(`${pathToFileURL(file).href}?immutable=1`);
  const db = new DatabaseSync(url, { readOnly: true });
  try {
    db.exec('pragma mmap_size = 8589934592');
    checkForm(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkForm(db: DatabaseSync, file: string): void {
  const found = formOf(db);
  if (found === String(form)) return;
  const wrong = found === undefined ? 'is no corpus' : `has form ${found}, and this version reads form ${form}`;
  throw new Error(`${file} ${wrong}: remove it, and import again with \`pilcrow corpus import\``);
}

/** True if this version can continue it. */
export function isOfThisForm(db: DatabaseSync): boolean {
  return formOf(db) === String(form);
}

function formOf(db: DatabaseSync): string | undefined {
  const isCorpus = db.prepare("select 1 from sqlite_schema where name = 'facts'").get() !== undefined;
  return isCorpus ? factIn(db, 'form') : undefined;
}

export function factIn(db: DatabaseSync, name: string): string | undefined {
  const value = db.prepare('select value from facts where name = ?').get(name)?.['value'];
  return typeof value === 'string' ? value : undefined;
}

export function setFact(db: DatabaseSync, name: string, value: string): void {
  db.prepare('insert or replace into facts values (?, ?)').run(name, value);
}
