import type { DatabaseSync } from 'node:sqlite';
import { openToRead } from './tables.ts';

/** What a corpus holds, for people. Each list is in the order of its names but for `stations`: those with the most cables first. */
export interface CorpusStats {
  readonly cables: number;
  /** Of the year in the ID. */
  readonly years: readonly Count[];
  readonly stations: readonly Count[];
  readonly classifications: readonly Count[];
  /** Cables that a source has, whether its text counts or not. */
  readonly sources: readonly Count[];
  /** Cables that several sources have, and those of them on which sources disagree. */
  readonly several: number;
  readonly conflicting: number;
  /** Texts that a fuller one took the place of and whose words still take up room. */
  readonly superseded: number;
}

export interface Count {
  readonly name: string;
  readonly cables: number;
}

/** Errors: the file is no corpus, or one of another form. */
export function corpusStats(file: string): CorpusStats {
  const db = openToRead(file);
  try {
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
  } finally {
    db.close();
  }
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
