import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { type CableIndex, type Group, pageOf, spanOf, undatedKey } from '../cable-index.ts';
import type { CableBrief } from '../corpus.ts';
import { referenceId } from '../../ids/reference-id.ts';

/** Writes each cable into its lists. Idempotent. */
export function writeListing(db: DatabaseSync): void {
  const at = `coalesce(created, '${undatedKey}')`;
  db.exec(`delete from listing;
    insert into listing select 'all', '', ${at}, id from cables;
    insert into listing select 'station', station, ${at}, id from cables where station is not null;
    insert into listing select 'classification', classification, ${at}, id from cables where classification is not null;
    insert or ignore into listing select 'tag', value, ${at}, cables.id from cables, json_each(cables.tags)`);
}

/** Lists of a finished corpus; reads each page from its start by the index. */
export function listingIn(db: DatabaseSync): Pick<CableIndex, 'list' | 'groups'> {
  const rows = db.prepare(`
    select cables.id, subject, created, classification from (
      select at, id from listing
      where facet = ?1 and name = ?2 and (at, id) > (?3, ?4) and at < ?5 order by at, id limit ?6
    ) as place join cables on cables.id = place.id order by place.at, place.id`);
  const count = (sql: string) => {
    const statement = db.prepare(sql);
    return (...values: string[]) =>
      statement.all(...values).map(({ name, n }) => ({ name: String(name), cables: Number(n) }));
  };
  const dates = (length: string) =>
    count(`select substr(at, ${length}) as name, count(*) as n from listing
    where facet = 'all' and name = '' and at >= ?1 and at < ?2 group by 1 order by 1`);
  const [years, months] = [dates('1, 4'), dates('6, 2')];
  const named = count('select name, count(*) as n from listing where facet = ?1 group by 1 order by 1');
  // The corpus is read-only, so counts can be cached.
  const counted = new Map<string, readonly Group[]>();
  return {
    list({ of, after, most, ...date }) {
      const [start, end] = spanOf(date);
      const [at, id] = after === undefined || after < start ? [start, ''] : placeIn(after);
      return pageOf(rows.all(of?.facet ?? 'all', of?.name ?? '', at, id, end, most + 1).map(briefOf), most);
    },
    groups(by, year) {
      const key = `${by} ${year ?? ''}`;
      const known = counted.get(key);
      if (known !== undefined) return known;
      const found =
        by !== 'date' ? named(by) : year === undefined ? years('', undatedKey) : months(...spanOf({ year }));
      counted.set(key, found);
      return found;
    },
  };
}

function placeIn(key: string): [string, string] {
  const blank = key.indexOf(' ');
  return [key.slice(0, blank), key.slice(blank + 1)];
}

export const brief = 'select id, subject, created, classification from cables';

export function briefOf(row: Record<string, SQLOutputValue>): CableBrief {
  return {
    referenceId: referenceId(String(row['id'])),
    subject: textOf(row['subject']),
    created: textOf(row['created']),
    classification: textOf(row['classification']),
  };
}

function textOf(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
