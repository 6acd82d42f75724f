import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sorted } from './item.ts';

/** Prints what differs between two records once the old one has the new words. Returns the exit code: 1 where something does. */
export function compare(old: string, fresh: string, table: string | undefined): number {
  const rename = renaming(table === undefined ? '' : readFileSync(table, 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'pilcrow-compare-'));
  try {
    copy(old, join(folder, 'old'), rename);
    copy(fresh, join(folder, 'new'), renaming(''));
    const diff = ['diff', '--no-index', '--no-renames', '--stat', '--patch', '--unified=2', 'old', 'new'];
    const { status } = spawnSync('git', ['-c', 'core.pager=cat', ...diff], { cwd: folder, stdio: 'inherit' });
    if (status === 0) process.stdout.write('the records are equal\n');
    return status ?? 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Rename = (item: string, text: string) => string;

function copy(from: string, to: string, rename: Rename): void {
  for (const file of globSync('**', { cwd: from })) {
    if (!statSync(join(from, file)).isFile()) continue;
    const old = readFileSync(join(from, file), 'utf8');
    const { name, text } = sorted({ name: rename(file, file), text: rename(file, old) });
    mkdirSync(dirname(join(to, name)), { recursive: true });
    writeFileSync(join(to, name), text);
  }
}

/**
 * By a table of lines `old<TAB>new`, all at once: what has its new word is not renamed again. A third column limits a line
 * to items whose names begin so, such as `ledger/`. Lines with `#` are comments.
 */
function renaming(table: string): Rename {
  const lines = table.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const entries = lines.map((line) => line.split('\t')).toSorted(([a = ''], [b = '']) => b.length - a.length);
  return (item, text) => {
    const words = new Map<string, string>();
    for (const [old = '', fresh = '', place = ''] of entries) if (item.startsWith(place)) words.set(old, fresh);
    if (words.size === 0) return text;
    const any = new RegExp([...words.keys()].map(whole).join('|'), 'gu');
    return text.replaceAll(any, (word) => words.get(word) ?? word);
  };
}

/** Parts that a hyphen or underscore joins are one word: `hour` is in `--hour`, and not in `off-hour` or `hour_of`. */
function whole(word: string): string {
  const start = /^[\p{L}\p{N}_]/u.test(word) ? String.raw`(?<![\p{L}\p{N}_]|[\p{L}\p{N}_]-)` : '';
  const end = /[\p{L}\p{N}_]$/u.test(word) ? String.raw`(?![\p{L}\p{N}_]|-[\p{L}\p{N}_])` : '';
  return `${start}${RegExp.escape(word)}${end}`;
}
