import { createHash } from 'node:crypto';
import { sql, type SqlBool } from 'kysely';
import type { Executor } from '../db/schema.ts';
import { valuesList } from '../db/values-list.ts';

/**
 * Hashes of the keys and scopes of purged posts and replies, so that none is answered again. A hash recognizes a key or scope without
 * revealing whose it was.
 */
export async function addTombstones(tx: Executor, names: readonly string[], at: number): Promise<void> {
  const rows = names.map((name) => ({ hash: hashOf(name) }));
  await sql`
    insert into tombstones (hash, at) select hash, ${at} from ${valuesList(tx, { text: ['hash'] }, rows)}
    where true on conflict do nothing`.execute(tx);
}

/** The subset of these names that have tombstones. */
export async function knownTombstones(db: Executor, names: readonly string[]): Promise<ReadonlySet<string>> {
  const asked = names.map((name) => ({ name, hash: hashOf(name) }));
  const { rows } = await sql<{ name: string }>`
    select input.name from ${valuesList(db, { text: ['name', 'hash'] }, asked)} join tombstones on tombstones.hash = input.hash`.execute(
    db,
  );
  return new Set(rows.map(({ name }) => name));
}

/** Condition on `input`: there is no tombstone with the hash `input.hash`. */
export const hasNoTombstone = sql<SqlBool>`not exists (select 1 from tombstones where tombstones.hash = input.hash)`;

/** Stands for the author or thread (`platform:id`) of a deleted post, so that limits still count its replies. */
export function pseudonymOf(name: string): string {
  return `${name.slice(0, name.indexOf(':'))}:#${hashOf(name)}`;
}

export function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('base64url');
}
