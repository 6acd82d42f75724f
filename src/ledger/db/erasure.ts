import { sql } from 'kysely';
import { z } from 'zod';
import { hourMs } from '../../core/durations.ts';
import { readSetting, writeSetting } from './settings.ts';
import type { Executor } from './schema.ts';

const [purgedName, erasedName, erasureName] = ['purged', 'erased', 'erasure'];

/** Counts a purge of personal data: free space of the database holds the bytes until they are erased. */
export async function notePurge(tx: Executor): Promise<void> {
  await sql`insert into settings (name, value) values (${purgedName}, '1')
    on conflict (name) do update set value = cast(cast(settings.value as bigint) + 1 as text)`.execute(tx);
}

const Erasure = z.object({ endedAt: z.number(), tookMs: z.number() });
/** When the latest erasure ended, and how long writes waited for it. */
type Erasure = Readonly<z.infer<typeof Erasure>>;

/** What is due is asked this often, so that after a short one the next is due each time. */
const askedEveryMs = hourMs;
/** Writes wait for an erasure, which takes minutes in a ledger of years: so long each hundredfold time. */
const restFor = 100;

/** The number of purges, if not all of them are erased and that is due again. */
export async function unerasedPurges(db: Executor, now: number): Promise<number | undefined> {
  const purged = await readSetting(db, purgedName, z.number());
  if (purged === (await readSetting(db, erasedName, z.number()))) return undefined;
  const last = await readSetting(db, erasureName, Erasure);
  const ago = last === undefined ? Infinity : now - last.endedAt;
  // The clock may have been set back.
  const rests = last !== undefined && ago >= 0 && ago < restFor * last.tookMs - askedEveryMs;
  return rests ? undefined : purged;
}

/** Records that this many purges are erased. */
export async function noteErasure(tx: Executor, purges: number, erasure: Erasure): Promise<void> {
  await writeSetting(tx, erasedName, purges);
  await writeSetting(tx, erasureName, erasure);
}
