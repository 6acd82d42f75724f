import pg from 'pg';

/** Prepared statements of a pool: the server parses each once per connection. */
export interface Statements {
  of(text: string): { readonly text: string; readonly name?: string };
  /** True when the server rejects prepared statements; from then on none is used, and the query may be retried. */
  isRefused(error: unknown): boolean;
}

/** More than the ledger has; queries with lists have one text per length. */
const maxStatements = 200;

export function preparedStatements(): Statements {
  const names = new Map<string, string>();
  let usable = true;
  return {
    of(text) {
      if (!usable) return { text };
      const name = names.get(text) ?? (names.size < maxStatements ? `pilcrow${names.size}` : undefined);
      if (name === undefined) return { text };
      names.set(text, name);
      return { text, name };
    },
    isRefused(error) {
      const refused = error instanceof pg.DatabaseError && refusals.has(error.code ?? '');
      if (refused) usable = false;
      return refused;
    },
  };
}

/**
 * SQLSTATE: a newer version has changed a table under a prepared statement; or a connection pooler has switched the connection, where the
 * statement is unknown or its name is taken.
 */
export const refusals: ReadonlySet<string> = new Set(['0A000', '26000', '42P05']);
