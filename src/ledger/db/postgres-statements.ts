import pg from 'pg';

/** Which statements a pool prepares: the server then reads and plans each once a connection, not once a post. */
export interface Statements {
  of(text: string): { readonly text: string; readonly name?: string };
  /** The server no longer knows what was prepared; from now on nothing is. What was asked may be asked again. */
  isRefused(error: unknown): boolean;
}

/** More than the ledger has; what is built of lists has a text for each length. */
const most = 200;

export function preparedStatements(): Statements {
  const names = new Map<string, string>();
  let usable = true;
  return {
    of(text) {
      if (!usable) return { text };
      const name = names.get(text) ?? (names.size < most ? `pilcrow${names.size}` : undefined);
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
 * By SQLSTATE: a newer version has changed a table under a prepared statement; a pooler between us and the server has input us another
 * connection, where it is not known, or its name is taken.
 */
export const refusals: ReadonlySet<string> = new Set(['0A000', '26000', '42P05']);
