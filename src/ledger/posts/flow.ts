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

/** Counts of posts of a period. */
export interface Flow {
  readonly ingested: number;
  readonly decided: number;
  readonly failed: number;
}

/** Posts ingested since then that are still stored. */
export async function flowSince(db: Executor, since: number): Promise<Flow> {
  const posts = db.selectFrom('posts').select(({ fn }) => ['state', fn.countAll<number>().as('count')]);
  const stored = posts.where('ingested_at', '>=', since).where('state', '<>', 'deleted');
  const rows = await stored.groupBy('state').execute();
  const byState = new Map(rows.map(({ state, count }) => [state, count]));
  return {
    ingested: total(byState.values()),
    decided: byState.get('decided') ?? 0,
    failed: byState.get('failed') ?? 0,
  };
}

/** Replies of a publisher that were sent in a period, and those of them that are not withdrawn. */
export interface Sent {
  readonly sent: number;
  readonly published: number;
}

/** Replies sent since then, by publisher. */
export async function sentSince(
  db: Executor,
  since: number,
  publishers: readonly string[],
): Promise<ReadonlyMap<string, Sent>> {
  if (publishers.length === 0) return new Map();
  const replies = db.selectFrom('replies').where('publisher', 'in', publishers).where('claimed_at', '>=', since);
  const sent = replies.where('sent_at', 'is not', null).groupBy(['publisher', 'state']);
  const rows = await sent.select(({ fn }) => ['publisher', 'state', fn.countAll<number>().as('count')]).execute();
  return new Map(
    [...Map.groupBy(rows, ({ publisher }) => publisher)].map(([publisher, states]) => {
      const published = states.filter(({ state }) => state === 'sent');
      return [publisher, { sent: countIn(states), published: countIn(published) }];
    }),
  );
}

function countIn(rows: readonly { readonly count: number }[]): number {
  return total(rows.map(({ count }) => count));
}

function total(counts: Iterable<number>): number {
  return [...counts].reduce((sum, count) => sum + count, 0);
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
  for (const { hour, ...counts } of rows) {
    const known = hours.get(Number(hour)) ?? quietHour;
    hours.set(
      Number(hour),
      mapped((kind) => known[kind] + Number(counts[kind])),
    );
  }
  return hours;
}

type Kind = keyof HourOfFlow;

type HourlyCount = Readonly<Record<Kind | 'hour', number | string>>;

/** One range of an index for posts, for each publisher, and for items. */
export function hourlyCounts(since: number, publishers: readonly string[]): RawBuilder<HourlyCount> {
  const failed = sql`count(case when sent_at is null and state in ('refused', 'abandoned') then 1 end)`;
  return sql.join(
    [
      byHour('ingested_at', sql`posts where state <> 'deleted' and ingested_at >= ${since}`, {
        cited: sql`count(*)`,
        failed: sql`count(case when state = 'failed' then 1 end)`,
      }),
      byHour('at', sql`rejects where at >= ${since}`, { unreadable: sql`count(*)` }),
      ...publishers.map((publisher) =>
        byHour('claimed_at', sql`replies where publisher = ${publisher} and claimed_at >= ${since}`, {
          sent: sql`count(case when state = 'sent' then 1 end)`,
          failed,
        }),
      ),
    ],
    sql` union all `,
  );
}

function byHour(
  column: string,
  rows: RawBuilder<unknown>,
  counts: Readonly<Partial<Record<Kind, RawBuilder<unknown>>>>,
): RawBuilder<unknown> {
  const hour = sql`${sql.ref(column)} - ${sql.ref(column)} % ${sql.lit(hourMs)}`;
  const columns = kinds.map((kind) => sql`${counts[kind] ?? sql`0`} as ${sql.ref(kind)}`);
  return sql`select ${hour} as hour, ${sql.join(columns)} from ${rows} group by 1`;
}

const kinds = Object.keys(quietHour) as Kind[];

function mapped(countOf: (kind: Kind) => number): HourOfFlow {
  return Object.fromEntries(kinds.map((kind) => [kind, countOf(kind)])) as Record<Kind, number>;
}
