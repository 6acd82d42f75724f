import { sql } from 'kysely';
import type { ReplyState } from '../../core/reply.ts';
import { countRows, mostCounted } from '../db/queries.ts';
import type { Executor } from '../db/schema.ts';

/** Figures of the ledger for monitoring. Every query uses an index and is bounded, however large the ledger is. */
export interface Measures {
  /** Open replies by state, counted up to `mostCounted`. */
  readonly replies: ReadonlyMap<ReplyState, number>;
  /** How long the oldest due work has been due, in milliseconds; 0: nothing is due. */
  readonly overdueMs: { readonly pending: number; readonly planned: number; readonly unknown: number };
  readonly feeds: readonly FeedMeasure[];
}

export interface FeedMeasure {
  readonly feed: string;
  /** Null: never. */
  readonly polledAt: number | null;
  readonly seen: number;
}

/** Without `sent`, `withdrawn` and `rejected`, which only grow: counters cover them. */
export const countedStates = [
  'planned',
  'held',
  'sending',
  'replacing',
  'unknown',
  'refused',
  'abandoned',
  'withdrawing',
] as const satisfies readonly ReplyState[];

export async function measure(db: Executor, feeds: readonly string[], now: number): Promise<Measures> {
  const counts = countedStates.map(async (state) => [state, await countReplies(db, state)] as const);
  return {
    replies: new Map(await Promise.all(counts)),
    overdueMs: {
      pending: await overdueMs(db, 'posts', 'pending', now),
      planned: await overdueMs(db, 'replies', 'planned', now),
      unknown: await overdueMs(db, 'replies', 'unknown', now),
    },
    feeds: await feedMeasures(db, feeds),
  };
}

/** Resolves when the ledger answers a query. */
export async function pingLedger(db: Executor): Promise<void> {
  await db.selectFrom('settings').select('name').limit(1).execute();
}

export async function feedMeasures(db: Executor, feeds: readonly string[]): Promise<FeedMeasure[]> {
  if (feeds.length === 0) return [];
  const rows = await db.selectFrom('feeds').select(['name', 'polled_at', 'seen']).where('name', 'in', feeds).execute();
  return rows.map((row) => ({ feed: row.name, polledAt: row.polled_at, seen: row.seen }));
}

/** Waiting replies are in one index, stopped ones in another. */
async function countReplies(db: Executor, state: ReplyState): Promise<number> {
  const ofState = db.selectFrom('replies').select('state').where('state', '=', state).limit(mostCounted);
  const waiting = ofState.where('due_at', 'is not', null);
  const stopped = ofState.where('due_at', 'is', null);
  const counts = await Promise.all([countRows(db, waiting), countRows(db, stopped)]);
  return counts[0] + counts[1];
}

async function overdueMs(db: Executor, table: 'posts' | 'replies', state: string, now: number): Promise<number> {
  const { rows } = await sql<{ due_at: number }>`select due_at from ${sql.table(table)}
    where state = ${state} and due_at is not null order by due_at limit 1`.execute(db);
  return Math.max(0, now - (rows[0]?.due_at ?? now));
}
