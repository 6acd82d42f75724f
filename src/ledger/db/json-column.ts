import { z } from 'zod';

declare const decoded: unique symbol;

/** Text of a JSON column, which only the codec of the column writes and reads. */
export type Json<T> = string & { readonly [decoded]: T };

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

  /** `key`: that of the row. Errors: the text is not a `T`; the message names column and row, and repeats nothing of the text. */
  decode(text: Json<T>, key: string): T;
  decode(text: Json<T> | null, key: string): T | null;
  decode(text: Json<T> | null, key: string): T | null {
    if (text === null) return null;
    const { success, data, error } = this.#schema.safeParse(this.#parse(text, key));
    if (success) return data;
    const [issue] = error.issues;
    const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw new Error(`${this.#name} of ${key} is invalid${place}: ${issue?.message}`);
  }

  #parse(text: string, key: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      // Without the cause: its message repeats the text.
      throw new Error(`${this.#name} of ${key} is invalid JSON`);
    }
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
