import { createHash } from 'node:crypto';
import { sql, type SqlBool } from 'kysely';
import type { Executor } from './schema.ts';

/**
 * What is no longer kept but must not happen again: posts that were answered or deleted, replies that were given. Only hashes stay: they
 * recognise a key or scope, and tell nobody whose it was.
 */
export async function markGone(tx: Executor, names: readonly string[], at: number): Promise<void> {
  for (let i = 0; i < names.length; i += 500) {
    const rows = names.slice(i, i + 500).map((name) => ({ hash: hashOf(name), at }));
    await tx
      .insertInto('gone')
      .values(rows)
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute();
  }
}

/** Whether this key or scope is not among them, as part of another question. */
export function isNotGone(name: string) {
  return sql<SqlBool>`not exists (select 1 from gone where hash = ${hashOf(name)})`;
}

/** Those of these keys or scopes, at most a few hundred, that are gone. */
export async function whichAreGone(db: Executor, names: readonly string[]): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const hashes = new Map(names.map((name) => [hashOf(name), name]));
  const rows = await db
    .selectFrom('gone')
    .select('hash')
    .where('hash', 'in', [...hashes.keys()])
    .execute();
  return new Set(rows.flatMap(({ hash }) => hashes.get(hash) ?? []));
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
