import type { DatabaseSync } from 'node:sqlite';
import { openToRead } from './tables.ts';

/** Statistics of a corpus. Lists are ordered by name, except `stations`: most cables first. */
export interface CorpusStats {
  readonly cables: number;
  /** By the year in the ID. */
  readonly years: readonly Count[];
  readonly stations: readonly Count[];
  readonly classifications: readonly Count[];
  /** Cables in each source, whether its text counts or not. */
  readonly sources: readonly Count[];
  /** Cables in several sources, and those on which sources disagree. */
  readonly several: number;
  readonly conflicting: number;
  /** Texts replaced by a more complete one, whose words still take up space. */
  readonly superseded: number;
}

export interface Count {
  readonly name: string;
  readonly cables: number;
}

/** Errors: the file is no corpus, or has another form. */
export function corpusStats(file: string): CorpusStats {
  using db = openToRead(file);
  const cables = numberIn(db, 'select count(*) as n from cables');
  return {
    cables,
    years: counts(db, `select ${yearOfId} as name, count(*) as n from cables group by 1 order by 1`),
    stations: counts(db, 'select station as name, count(*) as n from cables group by 1 order by n desc, 1'),
    classifications: counts(db, 'select classification as name, count(*) as n from cables group by 1 order by 1'),
    sources: counts(
      db,
      'select path as name, count(distinct id) as n from copies join sources on number = source group by 1 order by 1',
    ),
    several: numberIn(db, 'select count(*) as n from (select id from copies group by id having count(*) > 1)'),
    conflicting: numberIn(db, 'select count(distinct id) as n from copies where fields is not null'),
    superseded: Number(db.prepare("select value from facts where name = 'next'").get()?.['value']) - 1 - cables,
  };
}

/** `07` is 2007, `87` is 1987. */
const yearOfId = "cast(substr(id, 1, 2) as integer) + iif(substr(id, 1, 2) > '10', 1900, 2000)";

function counts(db: DatabaseSync, query: string): Count[] {
  return db
    .prepare(query)
    .all()
    .map(({ name, n }) => ({ name: name === null || name === undefined ? 'none' : String(name), cables: Number(n) }));
}

function numberIn(db: DatabaseSync, query: string): number {
  return Number(db.prepare(query).get()?.['n']);
}
