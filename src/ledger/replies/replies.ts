import { sql } from 'kysely';
import { type Payload, type Published, ReplyState } from '../../core/reply.ts';
import { codecs } from '../db/codecs.ts';
import type { Json } from '../db/json-column.ts';
import { findsRow, isPostgres } from '../db/queries.ts';
import { valuesList } from '../db/values-list.ts';
import { hashOf, hasNoTombstone } from '../posts/tombstones.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';
import { firstReply, moveReplies } from './states.ts';

/** A reply to plan; `payload` is its frozen content. */
export interface PlannedReply {
  readonly postKey: string;
  readonly publisher: string;
  readonly payload: Payload;
  /** Thread, cables and paragraphs: unique among replies. */
  readonly scope: Scope;
  /** `personKey` of the answered author. */
  readonly person: string;
  /** Its post addresses the bot. */
  readonly summoned: boolean;
  /** How long it is held for a person's decision, in milliseconds. Left out: it is sent without one. */
  readonly holdMs?: number | undefined;
}

/** Subject of a reply: its thread and the cited cables with paragraphs. */
export interface Scope {
  readonly platform: string;
  readonly thread: string;
  /** Sorted, without duplicates. */
  readonly cited: readonly string[];
  /** What has only one such reply, instead of the thread. */
  readonly oncePer?: string | undefined;
}

/** The citations in the stored scope of a reply. */
export function citedOf({ scope, key }: Pick<ReplyRow, 'scope' | 'key'>): string[] {
  return codecs.replies.scope.decode(scope, key).slice(2);
}

/** Plans replies, except for posts and scopes that have or had one. Returns the keys of the planned replies. */
export async function insertReplies(
  tx: Executor,
  replies: readonly { readonly reply: PlannedReply; readonly at: number }[],
): Promise<ReadonlySet<string>> {
  if (replies.length === 0) return new Set();
  const rows = replies.map(({ reply, at }) => newRow(reply, at));
  // Sorted by scope, so that no two processes deadlock.
  const inserted = await sql<{ key: string }>`
    insert into replies (key, post_key, publisher, state, payload, scope, author, thread, summoned, turn, due_at, attempts, cancel_requested,
      lookups, planned_at, updated_at)
    select key, post_key, publisher, state, payload, scope, author, thread, summoned, ${nextTurn(tx)}, due_at, 0, 0, 0, at, at
    from ${valuesList(tx, newColumns, rows)}
    where ${hasNoTombstone}
    order by input.scope
    on conflict do nothing
    returning key`.execute(tx);
  return new Set(inserted.rows.map(({ key }) => key));
}

const newColumns = {
  text: ['key', 'post_key', 'publisher', 'payload', 'scope', 'author', 'thread', 'state', 'hash'],
  bigint: ['summoned', 'due_at', 'at'],
} as const;

/** The turn after that of the author's last waiting reply, but none that is over. */
function nextTurn(tx: Executor) {
  const greatest = sql.raw(isPostgres(tx) ? 'greatest' : 'max');
  return sql`${greatest}(
      coalesce((select turn + 1 from replies where replies.publisher = input.publisher and replies.author = input.author
        and replies.state = 'planned' order by turn desc limit 1), 0),
      coalesce((select turn from replies where replies.publisher = input.publisher and claimed_at is not null
        order by claimed_at desc limit 1), 0)
    ) + row_number() over (partition by input.publisher, input.author order by input.at) - 1`;
}

function newRow(reply: PlannedReply, at: number) {
  const scope = scopeColumn(reply.scope);
  const { platform, thread } = reply.scope;
  return {
    key: reply.payload.key,
    post_key: reply.postKey,
    publisher: reply.publisher,
    payload: codecs.replies.payload.encode(reply.payload),
    scope,
    author: reply.person,
    thread: `${platform}:${thread}`,
    summoned: Number(reply.summoned),
    ...firstReply(reply.holdMs === undefined ? 'planned' : 'held', { due_at: at + (reply.holdMs ?? 0) }),
    at,
    hash: hashOf(scope),
  };
}

export function scopeColumn({ platform, thread, cited, oncePer = thread }: Scope): Json<readonly string[]> {
  return codecs.replies.scope.encode([platform, oncePer, ...cited]);
}

/** Keys of due replies in `state`, the longest waiting first. */
export async function dueReplies(db: Executor, state: ReplyState, now: number, limit: number): Promise<string[]> {
  const due = db.selectFrom('replies').select('key').where('state', '=', state).where('due_at', '<=', now);
  const rows = await due.orderBy('due_at').limit(limit).execute();
  return rows.map((row) => row.key);
}

/**
 * Keys of due planned replies, the earliest turn first. In a long backlog those whose turn it is may not be among the longest due, so they are
 * added for each of the `publishers`.
 */
export async function duePlanned(
  db: Executor,
  publishers: readonly string[],
  now: number,
  limit: number,
): Promise<string[]> {
  const due = db
    .selectFrom('replies')
    .select(['key', 'turn'])
    .where('state', '=', 'planned')
    .where('due_at', '<=', now);
  const longest = await due.orderBy('due_at').limit(limit).execute();
  const first = longest.length < limit ? [] : publishers.map((publisher) => nextInTurn(db, publisher, now, limit));
  const turns = new Map([...longest, ...(await Promise.all(first)).flat()].map(({ key, turn }) => [key, turn]));
  return [...turns].toSorted(([, a], [, b]) => a - b).map(([key]) => key);
}

/** The due ones among the first `limit` planned replies by turn. */
async function nextInTurn(db: Executor, publisher: string, now: number, limit: number) {
  const { rows } = await sql<Pick<ReplyRow, 'key' | 'turn'>>`
    select key, turn from (
      select key, turn, due_at from replies
      where publisher = ${publisher} and state = 'planned' order by turn, planned_at limit ${limit}
    ) as earliest where due_at <= ${now}`.execute(db);
  return rows;
}

/** A person's request. False: there is no such reply that was refused or abandoned. */
export async function retryReply(tx: Executor, key: string, now: number): Promise<boolean> {
  const retried = moveReplies(tx, ['refused', 'abandoned'], 'planned', afresh(now)).where('key', '=', key);
  return await findsRow(retried.where('key', 'not like', withoutText));
}

/** The same for all refused replies, of one publisher or all; not for abandoned ones, which may be out. Returns how many. */
export async function retryRefused(tx: Executor, publisher: string | undefined, now: number): Promise<number> {
  const refused = moveReplies(tx, ['refused'], 'planned', afresh(now)).where('key', 'not like', withoutText);
  const retried = publisher === undefined ? refused : refused.where('publisher', '=', publisher);
  return Number((await retried.executeTakeFirst()).numUpdatedRows);
}

/** A reply to a deleted post has lost its text. */
const withoutText = 'deleted:%';

const afresh = (now: number) => ({
  due_at: now,
  first_attempt_at: null,
  repeat_until: null,
  cancel_requested: 0,
  reason: null,
  planned_at: now,
  updated_at: now,
});

/** The refused replies of a publisher by reason, the most frequent first. */
export async function countRefused(
  db: Executor,
  publisher: string,
): Promise<{ reason: string | null; count: number }[]> {
  const rows = await db
    .selectFrom('replies')
    .select(['reason', ({ fn }) => fn.countAll<number | string>().as('count')])
    .where('state', '=', 'refused')
    .where('publisher', '=', publisher)
    .where('key', 'not like', withoutText)
    .groupBy('reason')
    .execute();
  return rows.map(({ reason, count }) => ({ reason, count: Number(count) })).toSorted((a, b) => b.count - a.count);
}

/** A reply that one process looks up or withdraws until its lease ends. */
export interface LeasedReply {
  readonly key: string;
  readonly publisher: string;
  readonly payload: Payload;
  readonly lookups: number;
  readonly leaseUntil: number;
}

export interface LeaseTerms {
  readonly now: number;
  readonly leaseMs: number;
}

/** Leases a reply in one of these states. Undefined: it is in another one, not due, or leased by another process. */
export async function leaseReply(
  tx: Executor,
  key: string,
  states: readonly ReplyState[],
  { now, leaseMs }: LeaseTerms,
): Promise<{ readonly row: ReplyRow; readonly leased: LeasedReply } | undefined> {
  const row = await tx
    .updateTable('replies')
    .set({ due_at: now + leaseMs, lease_until: now + leaseMs })
    .where('key', '=', key)
    .where('state', 'in', states)
    .where('due_at', '<=', now)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { publisher, lookups } = row;
  const payload = codecs.replies.payload.decode(row.payload, key);
  return { row, leased: { key, publisher, payload, lookups, leaseUntil: now + leaseMs } };
}

export function publishedColumns(published: Published) {
  return { published: codecs.replies.published.encode(published), published_id: published.id };
}

/** Replies in these states, or in all, the latest first. */
export async function listReplies(db: Executor, states: readonly ReplyState[], limit: number): Promise<ReplyRow[]> {
  const latest = sql`order by updated_at desc, key limit ${limit}`;
  // The latest of each state, of which an index has those that ended in this order; the others are few.
  const each = (states.length > 0 ? states : ReplyState.options).flatMap((state) =>
    [sql`is null`, sql`is not null`].map(
      (due) => sql`select * from (select * from replies where state = ${state} and due_at ${due} ${latest}) as found`,
    ),
  );
  return (await sql<ReplyRow>`select * from (${sql.join(each, sql` union all `)}) as latest ${latest}`.execute(db))
    .rows;
}

export async function replyRow(db: Executor, key: string): Promise<ReplyRow | undefined> {
  return await db.selectFrom('replies').selectAll().where('key', '=', key).executeTakeFirst();
}

/** Replies to a post, in the order in which they were planned. */
export async function repliesTo(db: Executor, postKey: string): Promise<ReplyRow[]> {
  const query = db.selectFrom('replies').selectAll().where('post_key', '=', postKey);
  return await query.orderBy('planned_at').orderBy('key').execute();
}

/** Publishers with due replies. */
export async function waitingPublishers(db: Executor): Promise<string[]> {
  const rows = await db.selectFrom('replies').select('publisher').distinct().where('due_at', 'is not', null).execute();
  return rows.map(({ publisher }) => publisher);
}
