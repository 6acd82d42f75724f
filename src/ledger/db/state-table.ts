import { type RawBuilder, sql } from 'kysely';

/**
 * How rows in a state have a column. set: the write that enters the state sets it. remains: an earlier write has set it. maybe: its former
 * value remains, unless the write sets another. later: it is empty at first, and may be set afterwards. passing: its former value remains
 * until the end of the transaction, which carries it out.
 */
export type Presence = 'set' | 'remains' | 'maybe' | 'later' | 'passing';

interface StateRule<State extends string, Column extends string> {
  /** What it means, for people. */
  readonly means: string;
  /** Why a new row is in it. Left out: no new row is. */
  readonly first?: string;
  /** The columns of its rows; all others that the table knows are empty. */
  readonly has: { readonly [C in Column]?: Presence };
  /** The next states, each with the reason. */
  readonly next: { readonly [S in State]?: string };
}

/** The states of a table's rows: what each means, which columns it has, and what may follow. */
export type StateTable<State extends string, Column extends string> = {
  readonly [S in State]: StateRule<State, Column>;
};

/** States that may follow each of the states `From`. */
export type NextOf<Table extends StateTable<string, string>, From extends keyof Table> = keyof Table[From]['next'] &
  keyof Table;

/** States of new rows. */
export type FirstOf<Table extends StateTable<string, string>> = {
  [S in keyof Table]: Table[S] extends { readonly first: string } ? S : never;
}[keyof Table];

/** `Values` of a write that enters a state which has `Has`: with all columns that it sets, without those that it does not have. */
export type Entering<Has, Column extends keyof Values, Values> = Values & {
  readonly [C in Column as Has extends { readonly [K in C]: 'set' } ? C : never]-?: NonNullable<Values[C]>;
} & { readonly [C in Exclude<Column, keyof Has>]?: never };

/** Empty values of the columns that each change of state empties, unless the next state has them. */
export type Empties = Readonly<Record<string, RawBuilder<never>>>;

export const empty = { nothing: sql<never>`null`, zero: sql<never>`0` };

/** Assignments that empty the columns which a state does not have, or not yet; but for those in `values`. */
export function emptied(has: StateRule<string, string>['has'], empties: Empties, values: object) {
  const columns = Object.entries(empties).filter(([column]) => {
    return !(column in values) && (has[column] ?? 'later') === 'later';
  });
  return Object.fromEntries(columns);
}

type ColumnOf<Table extends StateTable<string, string>> = {
  [S in keyof Table]: keyof Table[S]['has'] & string;
}[keyof Table];

/** The states that have the column in one of these ways; none named: in any lasting way. */
export function statesWith<Table extends StateTable<string, string>>(
  table: Table,
  column: ColumnOf<Table>,
  presences: readonly Presence[] = ['set', 'remains', 'maybe', 'later'],
): (keyof Table & string)[] {
  const isState = (name: string): name is keyof Table & string => name in table;
  return Object.keys(table)
    .filter(isState)
    .filter((state) => presences.some((presence) => presence === table[state]?.has[column]));
}
