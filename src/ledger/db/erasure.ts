import { sql } from 'kysely';
import { z } from 'zod';
import { readSetting, writeSetting } from './settings.ts';
import type { Executor } from './schema.ts';

const [purgedName, erasedName] = ['purged', 'erased'];

/** Counts a purge of personal data: free space of the database holds the bytes until they are erased. */
export async function notePurge(tx: Executor): Promise<void> {
  await sql`insert into settings (name, value) values (${purgedName}, '1')
    on conflict (name) do update set value = cast(cast(settings.value as bigint) + 1 as text)`.execute(tx);
}

/** The number of purges, if not all of them are erased. */
export async function unerasedPurges(db: Executor): Promise<number | undefined> {
  const purged = await readSetting(db, purgedName, z.number());
  return purged === (await readSetting(db, erasedName, z.number())) ? undefined : purged;
}

/** Records that this many purges are erased. */
export async function noteErasure(tx: Executor, purges: number): Promise<void> {
  await writeSetting(tx, erasedName, purges);
}
