import { z } from 'zod';

declare const decoded: unique symbol;

/** Text of a JSON column, which only the codec of the column writes and reads. */
export type Json<T> = string & { readonly [decoded]: T };

/** Text in the ledger that the codec of its column cannot read. The message names column and row, and repeats nothing of the text. */
class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
  /** Table and column. */
  readonly column: string;

  constructor(column: string, key: string, fault: string) {
    super(`${column} of ${key} is invalid${fault}`);
    this.column = column;
  }
}

const reported = new Set<string>();

/**
 * Reads rows of many posts or replies. One that cannot be read is left out, so that it does not hold up the others, and reported once by a
 * warning of the process, which the log shows; `pilcrow ledger check` lists all of them.
 */
export function readEach<Row, T>(rows: readonly Row[], read: (row: Row) => T): T[] {
  return [...readInTurn(rows, read)];
}

/** As `readEach`, each when it is asked for: of thousands none is garbage that has grown old. */
export function* readInTurn<Row, T>(rows: readonly Row[], read: (row: Row) => T): Generator<T, void, undefined> {
  for (const row of rows) {
    let found: T;
    try {
      found = read(row);
    } catch (error) {
      report(error);
      continue;
    }
    yield found;
  }
}

function report(error: unknown): void {
  if (!(error instanceof UnreadableRow)) throw error;
  const { message, column, name } = error;
  // Without the key, which a log may not keep.
  const warning = `skipped a row with an unreadable ${column}: \`pilcrow ledger check\` names it`;
  if (!reported.has(message)) process.emitWarning(warning, name);
  reported.add(message);
}

/** Codec of a JSON column. */
export class JsonColumn<T> {
  readonly #name: string;
  readonly #schema: z.ZodType<T>;

  /** `name`: table and column, `posts.verdict`. Without a schema any object or array counts as a `T`. */
  constructor(name: string, schema: z.ZodType<T> = z.custom<T>(isObject, 'expected an object or an array')) {
    this.#name = name;
    this.#schema = schema;
  }

  encode(value: T): Json<T> {
    return JSON.stringify(value) as Json<T>;
  }

  /** `key`: that of the row. Errors: UnreadableRow if the text is not a `T`. */
  decode(text: Json<T>, key: string): T;
  decode(text: Json<T> | null, key: string): T | null;
  decode(text: Json<T> | null, key: string): T | null {
    if (text === null) return null;
    const { success, data, error } = this.#schema.safeParse(this.#parse(text, key));
    if (success) return data;
    const [issue] = error.issues;
    const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw new UnreadableRow(this.#name, key, `${place}: ${issue?.message}`);
  }

  #parse(text: string, key: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      // Without the cause: its message repeats the text.
      throw new UnreadableRow(this.#name, key, ' JSON');
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
