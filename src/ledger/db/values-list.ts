import { type RawBuilder, sql } from 'kysely';
import { storable } from '../../core/storable.ts';
import { isPostgres } from './dialect.ts';
import type { Executor } from './schema.ts';

/** How a column of `valuesList` is read. */
type Kind = 'text' | 'bigint';
type Value = { text: string; bigint: number };
type Columns = Readonly<Record<string, Kind>>;
type ValuesRow<C extends Columns> = { readonly [Name in keyof C]: Value[C[Name]] | null };

/**
 * Rows that a statement brings along, as a table `valuesList` to select from and to join. They travel as one value, so the statement reads the
 * same for one row and for hundreds, and is prepared once. A question joins with `cross join`, so that SQLite goes from them to the other
 * table's key, and not through all of that table that is due; an update does so by itself.
 */
export function valuesList<const C extends Columns>(
  db: Executor,
  columns: C,
  rows: readonly ValuesRow<C>[],
): RawBuilder<unknown> {
  const names = Object.keys(columns);
  if (isPostgres(db)) {
    const typed = names.map((name) => sql`${sql.ref(name)} ${sql.raw(columns[name]!)}`);
    return sql`json_to_recordset(${written(rows)}::json) as input (${sql.join(typed)})`;
  }
  // By place, which SQLite reads faster than by name.
  const read = names.map((name, place) => sql`value ->> ${sql.lit(place)} as ${sql.ref(name)}`);
  const places = rows.map((row) => names.map((name) => row[name]));
  return sql`(select ${sql.join(read)} from json_each(${written(places)})) as input`;
}

/** With what JSON can write and PostgreSQL not read, NUL and lone surrogates, made readable; it is rare, so it is looked for first. */
function written(rows: readonly unknown[]): string {
  const json = JSON.stringify(rows);
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return json;
  return JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'string' ? storable(value) : value));
}
