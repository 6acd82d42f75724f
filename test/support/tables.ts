import { readFileSync } from 'node:fs';

/** Rows of a table under test/data: cells apart by tabs, lines that begin with `#` name source and columns. */
function rowsOf(name: string): string[][] {
  const text = readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split('\t'));
}

/** Malformed IDs under which cables are published, each with the right one. */
export function knownCorrections(): Map<string, string> {
  return new Map(rowsOf('corrections.tsv').map(([right = '', malformed = '']) => [malformed, right]));
}

/** Misspelt and shortened names, each with the code of its station. */
export function knownAliases(): Map<string, string> {
  const rows = rowsOf('aliases.tsv');
  return new Map(rows.flatMap(([station = '', aliases = '']) => aliases.split(' ').map((alias) => [alias, station])));
}
