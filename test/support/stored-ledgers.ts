import { appendFileSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Post } from '../../src/core/post.ts';
import { command } from './command.ts';

/** Ledgers that versions have made: prove/store-ledger.ts. */
export const storedLedgers = new URL('../data/ledgers/', import.meta.url).pathname;

/** The stored ledgers as files of SQLite, or as dumps of PostgreSQL; each version has both. */
export function storedFiles(kind: 'db' | 'sql'): string[] {
  return globSync(`*.${kind}`, { cwd: storedLedgers }).toSorted();
}

/** What a stored ledger holds: the JSON of each post, and the state of each reply. */
export interface Stored {
  readonly posts: readonly { readonly key: string; readonly post: string }[];
  readonly replies: readonly { readonly key: string; readonly state: string }[];
}

export const storedQueries = {
  posts: `select key, post from posts where platform = 'file' order by key`,
  replies: 'select key, state from replies order by key',
};

/** States from which no reply is sent any more. */
const ended = new Set(['sent', 'refused', 'rejected', 'abandoned', 'withdrawing', 'withdrawn']);

/**
 * This version reads all posts of the stored ledger again and a new one, answers the new one and no other twice, and finds the ledger sound.
 * The workplace in `dir` reads posts.jsonl.
 */
export async function expectContinued(
  { posts, replies }: Stored,
  { dir, config, env = {} }: { dir: string; config: string; env?: NodeJS.ProcessEnv },
): Promise<void> {
  const lines = posts.map(({ key, post }) => {
    const id = key.slice('file:'.length);
    const stored = JSON.parse(post) as Post;
    // Of a deleted post only the key is stored.
    return stored.text === '' ? { id, author: 'ada', text: '#07ASTANA2244' } : { ...stored, id };
  });
  const newcomer = { id: 'new', author: 'hopper', text: 'And #07ASTANA2244 ¶7?' };
  const source = [...lines, newcomer].map((line) => `${JSON.stringify(line)}\n`).join('');
  appendFileSync(join(dir, 'posts.jsonl'), source);
  const { out } = await command(['once', '--config', config], { env });
  expect(out).toContain(`${lines.length + 1} posts read`);
  const log = readFileSync(join(dir, 'data/replies.jsonl'), 'utf8').trim().split('\n');
  const answered = log.flatMap((line) => {
    const { key, text } = JSON.parse(line) as { key?: string; text?: string };
    return key === undefined || text === undefined ? [] : [key];
  });
  expect(answered).toContain('file:new');
  expect(new Set(answered).size).toBe(answered.length);
  const over = replies.flatMap(({ key, state }) => (ended.has(state) ? [key] : []));
  expect(over.length).toBeGreaterThan(5);
  expect(over.filter((key) => answered.includes(key))).toEqual([]);
  const check = await command(['ledger', 'check', '--config', config], { env });
  expect(check).toMatchObject({ code: 0, out: expect.stringContaining('no errors') });
}
