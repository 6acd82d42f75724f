import { readFileSync } from 'node:fs';

/** Rows of a table under `tables/`. Cells are separated by tabs; lines that begin with `#` are comments. */
export function readTable(name: string): string[][] {
  const text = readFileSync(new URL(`./tables/${name}`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));
}

/** Makes a value on first use, so that a start pays only for the tables it needs. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
