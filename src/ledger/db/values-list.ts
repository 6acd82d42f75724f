import { type AliasedRawBuilder, sql } from 'kysely';
import { storable } from '../../core/storable.ts';
import { isPostgres } from './queries.ts';
import type { Executor } from './schema.ts';

/** Names of columns, by their SQL type. */
interface Columns<Text extends string, Bigint extends string> {
  readonly text: readonly Text[];
  readonly bigint?: readonly Bigint[];
}

type ValuesRow<Text extends string, Bigint extends string> = Readonly<
  Record<Text, string | null> & Record<Bigint, number | null>
>;

/**
 * Rows as a table `input` to select from and to join, passed as one parameter: the statement has the same text for one row and for hundreds,
 * and is prepared once. Queries join it with `cross join`, so that SQLite looks up each row by key instead of scanning the other table;
 * updates do so anyway.
 */
export function valuesList<const Text extends string, const Bigint extends string = never>(
  db: Executor,
  { text, bigint = [] }: Columns<Text, Bigint>,
  rows: readonly NoInfer<ValuesRow<Text, Bigint>>[],
): AliasedRawBuilder<ValuesRow<Text, Bigint>, 'input'> {
  type Row = ValuesRow<Text, Bigint>;
  const names = [...text, ...bigint];
  if (isPostgres(db)) {
    const typed = [
      ...text.map((name) => sql`${sql.ref(name)} text`),
      ...bigint.map((name) => sql`${sql.ref(name)} bigint`),
    ];
    return sql<Row>`json_to_recordset(${toJson(rows)}::json)`.as<'input'>(sql`input (${sql.join(typed)})`);
  }
  // By position, which SQLite reads faster than by name.
  const read = names.map((name, place) => sql`value ->> ${sql.lit(place)} as ${sql.ref(name)}`);
  const values = rows.map((row) => names.map((name) => row[name]));
  return sql<Row>`(select ${sql.join(read)} from json_each(${toJson(values)}))`.as('input');
}

/** JSON without NUL and lone surrogates, which PostgreSQL cannot read. They are rare, so this checks for them first. */
function toJson(rows: readonly unknown[]): string {
  const json = JSON.stringify(rows);
  if (!/\\u(?:0000|d[89a-f])/.test(json)) return json;
  return JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'string' ? storable(value) : value));
}
