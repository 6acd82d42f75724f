import { createHash } from 'node:crypto';
import { sql, type SqlBool } from 'kysely';
import type { Executor } from '../db/schema.ts';

/**
 * What is no longer kept but must not happen again: posts that were answered or deleted, replies that were input. Only hashes stay: they
 * recognise a key or scope, and tell nobody whose it was.
 */
export async function addTombstones(tx: Executor, names: readonly string[], at: number): Promise<void> {
  for (let i = 0; i < names.length; i += 500) {
    const rows = names.slice(i, i + 500).map((name) => ({ hash: hashOf(name), at }));
    await tx
      .insertInto('tombstones')
      .values(rows)
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute();
  }
}

/** Whether a key or scope whose hash is `input.hash` is not among them, as part of another question. */
export const hasNoTombstone = sql<SqlBool>`not exists (select 1 from tombstones where tombstones.hash = input.hash)`;

export function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
