import { type RawBuilder, sql } from 'kysely';
import { hourMs } from '../../core/durations.ts';
import { mostCounted } from '../db/queries.ts';
import type { Executor } from '../db/schema.ts';
import { replyStates } from '../replies/states.ts';
import type { Presence, StateTable } from '../db/state-table.ts';
import { postStates } from './states.ts';

/** Number of posts or replies by state, up to `mostCounted` each, for people. */
export async function countByState(db: Executor, table: 'posts' | 'replies'): Promise<Record<string, number>> {
  const states: StateTable<string, string> = table === 'posts' ? postStates : replyStates;
  const counts = Object.entries(states).flatMap(([state, { has }]) =>
    duesOf(table, has['due_at']).map((due) => {
      const rows = sql`select 1 as one from ${sql.table(table)} where state = ${sql.lit(state)}${due}`;
      return sql`select ${sql.lit(state)} as state, (select count(*) from (${rows} limit ${mostCounted}) as found) as count`;
    }),
  );
  const { rows } = await sql<{ state: string; count: number | string }>`
    select state, sum(count) as count from (${sql.join(counts, sql` union all `)}) as counts
    group by state having sum(count) > 0 order by state`.execute(db);
  return Object.fromEntries(rows.map(({ state, count }) => [state, Math.min(mostCounted, Number(count))]));
}

/** Conditions by which indexes find all rows of a state: due replies are in one, the others in another; posts that are done in one by state. */
function duesOf(table: 'posts' | 'replies', dueAt: Presence | undefined) {
  const [due, done] = [sql` and due_at is not null`, sql` and due_at is null`];
  if (dueAt === undefined) return [table === 'posts' ? sql`` : done];
  return dueAt === 'set' ? [due] : [done, due];
}

/** A number that was counted up to `mostCounted`: `3`, `1,000 or more`. */
export function atLeast(count: number): string {
  return count < mostCounted ? String(count) : `${mostCounted.toLocaleString('en')} or more`;
}

/** Counts of posts and replies of a period. */
export interface Flow {
  readonly ingested: number;
  readonly decided: number;
  readonly failed: number;
  readonly sent: number;
}

/** Posts ingested since then that are still stored, and replies sent since then through these publishers and not withdrawn. */
export async function flowSince(db: Executor, since: number, publishers: readonly string[]): Promise<Flow> {
  const posts = db.selectFrom('posts').select(({ fn }) => ['state', fn.countAll<number>().as('count')]);
  const stored = posts.where('ingested_at', '>=', since).where('state', '<>', 'deleted');
  const rows = await stored.groupBy('state').execute();
  const byState = new Map(rows.map(({ state, count }) => [state, count]));
  const sent = await sentSince(db, since, publishers, { withdrawn: false });
  return {
    ingested: [...byState.values()].reduce((sum, count) => sum + count, 0),
    decided: byState.get('decided') ?? 0,
    failed: byState.get('failed') ?? 0,
    sent: [...sent.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Replies sent since then, by publisher; `withdrawn`: also those that are published no longer. */
export async function sentSince(
  db: Executor,
  since: number,
  publishers: readonly string[],
  { withdrawn = true } = {},
): Promise<ReadonlyMap<string, number>> {
  if (publishers.length === 0) return new Map();
  const sent = db
    .selectFrom('replies')
    .select(({ fn }) => ['publisher', fn.countAll<number>().as('count')])
    .where('publisher', 'in', publishers)
    .where('claimed_at', '>=', since)
    .where('sent_at', 'is not', null)
    .groupBy('publisher');
  const rows = await (withdrawn ? sent : sent.where('state', '=', 'sent')).execute();
  return new Map(rows.map(({ publisher, count }) => [publisher, count]));
}

/** Counts of one hour. `cited`: posts ingested; `failed`: posts and replies; `unreadable`: items of feeds. */
export interface HourOfFlow {
  readonly cited: number;
  readonly sent: number;
  readonly failed: number;
  readonly unreadable: number;
}

/** An hour in which nothing happened. */
export const quietHour: HourOfFlow = { cited: 0, sent: 0, failed: 0, unreadable: 0 };

/** Counts since then by the start of the hour, for the hours that have any; what is deleted or withdrawn meanwhile is not counted. Replies: through these publishers, by the hour of the attempt. */
export async function hourlyFlow(
  db: Executor,
  since: number,
  publishers: readonly string[],
): Promise<ReadonlyMap<number, HourOfFlow>> {
  const { rows } = await hourlyCounts(since, publishers).execute(db);
  const hours = new Map<number, HourOfFlow>();
  for (const { kind, hour, count } of rows) {
    const known = hours.get(Number(hour)) ?? quietHour;
    hours.set(Number(hour), { ...known, [kind]: known[kind] + Number(count) });
  }
  return hours;
}

interface HourlyCount {
  readonly kind: keyof HourOfFlow;
  readonly hour: number | string;
  readonly count: number | string;
}

/** One range of an index for each kind. */
export function hourlyCounts(since: number, publishers: readonly string[]): RawBuilder<HourlyCount> {
  const ofPublishers = publishers.map((publisher) => {
    const claimed = sql`replies where publisher = ${publisher} and claimed_at >= ${since}`;
    return sql`${byHour('sent', 'claimed_at', sql`${claimed} and state = 'sent'`)} union all ${byHour('failed', 'claimed_at', sql`${claimed} and sent_at is null and state in ('refused', 'abandoned')`)}`;
  });
  return sql`${sql.join(
    [
      byHour('cited', 'ingested_at', sql`posts where state <> 'deleted' and ingested_at >= ${since}`),
      byHour('failed', 'ingested_at', sql`posts where state = 'failed' and ingested_at >= ${since}`),
      byHour('unreadable', 'at', sql`rejects where at >= ${since}`),
      ...ofPublishers,
    ],
    sql` union all `,
  )}`;
}

function byHour(kind: keyof HourOfFlow, column: string, rows: RawBuilder<unknown>): RawBuilder<HourlyCount> {
  const hour = sql`${sql.ref(column)} - ${sql.ref(column)} % ${sql.lit(hourMs)}`;
  return sql`select ${sql.lit(kind)} as kind, ${hour} as hour, count(*) as count from ${rows} group by 2`;
}
