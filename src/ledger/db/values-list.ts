import { type AliasedRawBuilder, sql } from 'kysely';
import { storable } from '../../core/storable.ts';
import { isPostgres } from './dialect.ts';
import type { Executor } from './schema.ts';

/** SQL type of a column. */
type Kind = 'text' | 'bigint';
type Value = { text: string; bigint: number };
type Columns = Readonly<Record<string, Kind>>;
type ValuesRow<C extends Columns> = { readonly [Name in keyof C]: Value[C[Name]] | null };

/**
 * Rows as a table `input` to select from and to join, passed as one parameter: the statement has the same text for one row and for hundreds,
 * and is prepared once. Queries join it with `cross join`, so that SQLite looks up each row by key instead of scanning the other table;
 * updates do so anyway.
 */
export function valuesList<const C extends Columns>(
  db: Executor,
  columns: C,
  rows: readonly ValuesRow<C>[],
): AliasedRawBuilder<ValuesRow<C>, 'input'> {
  const names = Object.keys(columns);
  if (isPostgres(db)) {
    const typed = names.map((name) => sql`${sql.ref(name)} ${sql.raw(columns[name]!)}`);
    return sql<ValuesRow<C>>`json_to_recordset(${toJson(rows)}::json)`.as<'input'>(sql`input (${sql.join(typed)})`);
  }
  // By position, which SQLite reads faster than by name.
  const read = names.map((name, place) => sql`value ->> ${sql.lit(place)} as ${sql.ref(name)}`);
  const values = rows.map((row) => names.map((name) => row[name]));
  return sql<ValuesRow<C>>`(select ${sql.join(read)} from json_each(${toJson(values)}))`.as('input');
}

/** JSON without NUL and lone surrogates, which PostgreSQL cannot read. They are rare, so this checks for them first. */
function toJson(rows: readonly unknown[]): string {
  const json = JSON.stringify(rows);
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return json;
  return JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'string' ? storable(value) : value));
}
