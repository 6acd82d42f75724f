import { sql } from 'kysely';
import type { Executor } from '../db/schema.ts';

/** Number of posts or replies by state, for people. */
export async function countByState(db: Executor, table: 'posts' | 'replies'): Promise<Record<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*) as count from ${sql.table(table)} group by state`.execute(db);
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Counts of posts and replies of a period. */
export interface Flow {
  readonly ingested: number;
  readonly decided: number;
  readonly failed: number;
  readonly sent: number;
}

/** Posts ingested since then, and replies sent since then through these publishers. */
export async function flowSince(db: Executor, since: number, publishers: readonly string[]): Promise<Flow> {
  const posts = db.selectFrom('posts').select(({ fn }) => ['state', fn.countAll<number>().as('count')]);
  const rows = await posts.where('ingested_at', '>=', since).groupBy('state').execute();
  const byState = new Map(rows.map(({ state, count }) => [state, count]));
  const sent = await sentSince(db, since, publishers);
  return {
    ingested: [...byState.values()].reduce((sum, count) => sum + count, 0),
    decided: (byState.get('decided') ?? 0) + (byState.get('deleted') ?? 0),
    failed: byState.get('failed') ?? 0,
    sent: [...sent.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Replies sent since then, by publisher. */
export async function sentSince(
  db: Executor,
  since: number,
  publishers: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (publishers.length === 0) return new Map();
  const rows = await db
    .selectFrom('replies')
    .select(({ fn }) => ['publisher', fn.countAll<number>().as('count')])
    .where('publisher', 'in', publishers)
    .where('claimed_at', '>=', since)
    .where('sent_at', 'is not', null)
    .groupBy('publisher')
    .execute();
  return new Map(rows.map(({ publisher, count }) => [publisher, count]));
}
