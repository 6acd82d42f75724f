import type { ReplyState } from '../../core/reply.ts';
import type { Executor } from '../db/schema.ts';

/** Figures of the ledger for monitoring. Every query uses an index and is bounded, however large the ledger is. */
export interface Measures {
  /** Open replies by state, counted up to `maxCount`. */
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
  'unknown',
  'refused',
  'abandoned',
  'withdrawing',
] as const satisfies readonly ReplyState[];

/** Counting stops here, for waiting and for stopped replies of a state. */
const maxCount = 10_000;

export async function measure(db: Executor, feeds: readonly string[], now: number): Promise<Measures> {
  const counts = await Promise.all(countedStates.map((state) => countReplies(db, state)));
  const [pending, planned, unknown] = await Promise.all([
    oldestPost(db),
    oldestReply(db, 'planned'),
    oldestReply(db, 'unknown'),
  ]);
  const overdue = (dueAt: number | undefined) => Math.max(0, now - (dueAt ?? now));
  return {
    replies: new Map(countedStates.map((state, at) => [state, counts[at] ?? 0])),
    overdueMs: { pending: overdue(pending), planned: overdue(planned), unknown: overdue(unknown) },
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
  const ofState = db.selectFrom('replies').select('state').where('state', '=', state).limit(maxCount);
  const waiting = ofState.where('due_at', 'is not', null);
  const stopped = ofState.where('due_at', 'is', null).where('sent_at', 'is', null);
  const counts = [waiting, stopped].map(async (rows) => {
    const { count } = await db
      .selectFrom(rows.as('rows'))
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return count;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function oldestPost(db: Executor): Promise<number | undefined> {
  const due = db.selectFrom('posts').select('due_at').where('due_at', 'is not', null);
  return (await due.orderBy('due_at').limit(1).executeTakeFirst())?.due_at ?? undefined;
}

async function oldestReply(db: Executor, state: 'planned' | 'unknown'): Promise<number | undefined> {
  const due = db.selectFrom('replies').select('due_at').where('state', '=', state).where('due_at', 'is not', null);
  return (await due.orderBy('due_at').limit(1).executeTakeFirst())?.due_at ?? undefined;
}
