import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { hourMs } from '../../core/durations.ts';
import type { ReplyState } from '../../core/reply.ts';
import { mostCounted } from '../db/queries.ts';
import type { Executor, PostState } from '../db/schema.ts';
import { valuesList } from '../db/values-list.ts';
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

/** What happened in the hour from then, of what is still stored. */
export interface HourOfFlow {
  readonly from: number;
  /** Posts that were ingested, by state. */
  readonly posts: Readonly<Record<StoredState, number>>;
  /** Items of feeds that could not be read. */
  readonly unreadable: number;
  /** Replies that were last attempted, by publisher and state. */
  readonly replies: ReadonlyMap<string, Readonly<Record<AttemptedState, number>>>;
}

const storedStates = ['pending', 'decided', 'failed'] as const satisfies PostState[];
type StoredState = (typeof storedStates)[number];

/** The states of replies that arrived: they have a time of sending. */
const arrivedStates = ['sent', 'replacing', 'withdrawing', 'withdrawn'] as const satisfies ReplyState[];
const attemptedStates = [...arrivedStates, 'refused', 'abandoned'] as const satisfies ReplyState[];
type AttemptedState = (typeof attemptedStates)[number];

/**
 * The hours from that time until now, the first one first. Each count is one range of an index that has no more than it counts, so that a day
 * of a hundred thousand posts takes milliseconds.
 */
export async function hourlyFlow(
  db: Executor,
  { since, now }: { readonly since: number; readonly now: number },
  publishers: readonly string[],
): Promise<readonly HourOfFlow[]> {
  const first = startOfHour(since);
  const hours = Array.from(
    { length: Math.max(0, Math.ceil((now + 1 - first) / hourMs)) },
    (_, at) => first + at * hourMs,
  );
  const [posts, replies] = await Promise.all([
    countPosts(db, hours).execute(db),
    countReplies(db, hours, publishers).execute(db),
  ]);
  const repliesOf = Map.groupBy(replies.rows, ({ hour }) => Number(hour));
  const postsOf = new Map(posts.rows.map((row) => [Number(row.hour), row]));
  return hours.map((from) => {
    const row = postsOf.get(from);
    const ofPublishers = repliesOf.get(from) ?? [];
    return {
      from,
      posts: countsIn(storedStates, row),
      unreadable: Number(row?.unreadable ?? 0),
      replies: new Map(ofPublishers.map((each) => [each.publisher, countsIn(attemptedStates, each)])),
    };
  });
}

/** The start of the hour (UTC) of a time. */
export function startOfHour(time: number): number {
  return time - (time % hourMs);
}

type Counts<Name extends string> = Readonly<Record<Name, number | string>>;

function countsIn<Name extends string>(names: readonly Name[], row: Counts<Name> | undefined): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, Number(row?.[name] ?? 0)])) as Record<Name, number>;
}

/** A row for each hour. */
export function countPosts(
  db: Executor,
  hours: readonly number[],
): RawBuilder<Counts<StoredState | 'unreadable' | 'hour'>> {
  const asked = valuesList(
    db,
    { text: [], bigint: ['hour'] },
    hours.map((hour) => ({ hour })),
  );
  const states = storedStates.map((state) =>
    countOf(state, sql`posts where state = ${sql.lit(state)} and ${inHour('ingested_at')}`),
  );
  return sql`select hour, ${sql.join(states)}, ${countOf('unreadable', sql`rejects where ${inHour('at')}`)} from ${asked}`;
}

/** A row for each hour and publisher. */
export function countReplies(
  db: Executor,
  hours: readonly number[],
  publishers: readonly string[],
): RawBuilder<Counts<AttemptedState | 'hour'> & { readonly publisher: string }> {
  const asked = valuesList(
    db,
    { text: ['publisher'], bigint: ['hour'] },
    hours.flatMap((hour) => publishers.map((publisher) => ({ publisher, hour }))),
  );
  const states = attemptedStates.map((state) =>
    countOf(
      state,
      sql`replies where publisher = input.publisher and state = ${sql.lit(state)} and ${inHour('claimed_at')}`,
    ),
  );
  return sql`select hour, publisher, ${sql.join(states)} from ${asked}`;
}

function countOf(name: string, rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select count(*) from ${rows}) as ${sql.ref(name)}`;
}

function inHour(column: string): RawBuilder<SqlBool> {
  return sql`${sql.ref(column)} >= input.hour and ${sql.ref(column)} < input.hour + ${sql.lit(hourMs)}`;
}

/** Posts that were ingested in these hours, of these states; all of them by default. */
export function postsIn(hours: readonly HourOfFlow[], states: readonly StoredState[] = storedStates): number {
  return sum(hours, ({ posts }) => sum(states, (state) => posts[state]));
}

/** Replies of these publishers that were last attempted in these hours, of these states; all that arrived by default. */
export function repliesIn(
  hours: readonly HourOfFlow[],
  publishers: readonly string[],
  states: readonly AttemptedState[] = arrivedStates,
): number {
  return sum(hours, ({ replies }) =>
    sum(publishers, (publisher) => sum(states, (state) => replies.get(publisher)?.[state] ?? 0)),
  );
}

function sum<T>(all: readonly T[], count: (one: T) => number): number {
  return all.reduce((total, one) => total + count(one), 0);
}
