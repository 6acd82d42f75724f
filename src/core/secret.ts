import { z } from 'zod';

const placeholder = '[secret]';

/** A password or token. The configuration names its source; logs, JSON and messages never show its value. */
export class SecretValue {
  /** Source, from the configuration. */
  readonly from: { readonly env: string } | { readonly file: string };
  #value: string | null = null;

  constructor(from: SecretValue['from']) {
    this.from = from;
  }

  /** Sets the value; the loader of the configuration does it once. */
  resolve(value: string): void {
    this.#value = value;
  }

  /** The value, for the code that sends it. Throws before `resolve`. */
  reveal(): string {
    if (this.#value === null) throw new Error('a secret was read before the configuration was loaded');
    return this.#value;
  }

  toString(): string {
    return placeholder;
  }

  toJSON(): string {
    return placeholder;
  }
}

/** All secrets in a value, each with its path of keys. */
export function* secretsIn(
  value: unknown,
  path: readonly string[] = [],
): Iterable<{ secret: SecretValue; path: readonly string[] }> {
  if (value instanceof SecretValue) yield { secret: value, path };
  else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* secretsIn(inner, [...path, key]);
  }
}

const where = 'expected `{ env: NAME }` or `{ file: PATH }`: a secret itself never stands in this file';

const Env = z.string().min(1).describe('Name of the variable, also from `.env`.');
const File = z.string().min(1).describe('A file that holds nothing else, relative to this one.');

/** Schema of a secret in a platform's config: `{ env: NAME }` or `{ file: PATH }` (relative to the configuration file). */
export const Secret = z
  .union([z.strictObject({ env: Env }), z.strictObject({ file: File })], { error: where })
  .transform((from) => new SecretValue(from))
  .describe('Where a secret stands: `env` names a variable (also from `.env`), `file` a file that holds nothing else.');
