import { createHash } from 'node:crypto';
import { sql, type SqlBool } from 'kysely';
import type { Executor } from '../db/schema.ts';

/**
 * Hashes of the keys and scopes of purged posts and replies, so that none is answered again. A hash recognises a key or scope without
 * revealing whose it was.
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

/** Condition on `input`: there is no tombstone with the hash `input.hash`. */
export const hasNoTombstone = sql<SqlBool>`not exists (select 1 from tombstones where tombstones.hash = input.hash)`;

export function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
