import { sql } from 'kysely';
import type { Payload, ReplyState } from '../../core/reply.ts';
import { valuesList } from '../db/values-list.ts';
import { hashOf, hasNoTombstone } from '../posts/tombstones.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';

/** A reply as planned: everything that goes out is frozen in `payload`. */
export interface PlannedReply {
  readonly postKey: string;
  readonly publisher: string;
  readonly payload: Payload;
  /** Thread, cables and paragraphs: the ledger holds one reply for each. */
  readonly scope: Scope;
  /** Whom it answers: `personKey`. */
  readonly person: string;
  /** How long it waits for a person to decide, in milliseconds. Left out: it goes out by itself. */
  readonly holdMs?: number | undefined;
}

/** What a reply says, where: of each cable and its paragraphs one line. */
export interface Scope {
  readonly platform: string;
  readonly thread: string;
  /** In order, each once. */
  readonly cited: readonly string[];
}

function scopeText({ platform, thread, cited }: Scope): string {
  return JSON.stringify([platform, thread, ...cited]);
}

/** What a stored scope says that the reply answers. */
export function citedOf(scope: string): string[] {
  return (JSON.parse(scope) as string[]).slice(2);
}

/** Plans replies, but for posts and scopes that have one already, or had one that is no longer kept. Returns the keys of those planned. */
export async function insertReplies(
  tx: Executor,
  replies: readonly { readonly reply: PlannedReply; readonly at: number }[],
): Promise<ReadonlySet<string>> {
  if (replies.length === 0) return new Set();
  const rows = replies.map(({ reply, at }) => newRow(reply, at));
  // In one order everywhere, so that no two processes wait for each other's scopes.
  const inserted = await sql<{ key: string }>`
    insert into replies (key, post_key, publisher, state, payload, scope, author, thread, due_at, attempts, cancel_requested, lookups,
      planned_at, updated_at)
    select key, post_key, publisher, state, payload, scope, author, thread, due_at, 0, 0, 0, at, at
    from ${valuesList(tx, newColumns, rows)}
    where ${hasNoTombstone}
    order by input.scope
    on conflict do nothing
    returning key`.execute(tx);
  return new Set(inserted.rows.map(({ key }) => key));
}

const newColumns = {
  key: 'text',
  post_key: 'text',
  publisher: 'text',
  payload: 'text',
  scope: 'text',
  author: 'text',
  thread: 'text',
  state: 'text',
  due_at: 'bigint',
  at: 'bigint',
  hash: 'text',
} as const;

function newRow(reply: PlannedReply, at: number) {
  const scope = scopeText(reply.scope);
  return {
    key: reply.payload.key,
    post_key: reply.postKey,
    publisher: reply.publisher,
    payload: JSON.stringify(reply.payload),
    scope,
    author: reply.person,
    thread: `${reply.scope.platform}:${reply.scope.thread}`,
    state: reply.holdMs === undefined ? 'planned' : 'held',
    due_at: at + (reply.holdMs ?? 0),
    at,
    hash: hashOf(scope),
  };
}

/** Keys of replies in `state` that are due, the longest waiting first. */
export async function dueReplies(
  db: Executor,
  state: 'planned' | 'held' | 'sending' | 'unknown' | 'withdrawing' | 'withdrawn',
  now: number,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .selectFrom('replies')
    .select('key')
    .where('state', '=', state)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.key);
}

/** A person's word: refused or abandoned -> planned. Returns false where there is no such reply in such a state. */
export async function retryReply(tx: Executor, key: string, now: number): Promise<boolean> {
  const result = await tx
    .updateTable('replies')
    .set({
      state: 'planned',
      due_at: now,
      first_attempt_at: null,
      repeat_until: null,
      cancel_requested: 0,
      lookups: 0,
      reason: null,
      updated_at: now,
    })
    .where('key', '=', key)
    .where('state', 'in', ['refused', 'abandoned'])
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function listReplies(db: Executor, states: readonly ReplyState[], limit: number): Promise<ReplyRow[]> {
  const query = db.selectFrom('replies').selectAll().orderBy('updated_at', 'desc').orderBy('key').limit(limit);
  return await (states.length > 0 ? query.where('state', 'in', states) : query).execute();
}

export async function replyRow(db: Executor, key: string): Promise<ReplyRow | undefined> {
  return await db.selectFrom('replies').selectAll().where('key', '=', key).executeTakeFirst();
}

/** All that was or is to be said to a post, the first planned first. */
export async function repliesTo(db: Executor, postKey: string): Promise<ReplyRow[]> {
  const query = db.selectFrom('replies').selectAll().where('post_key', '=', postKey);
  return await query.orderBy('planned_at').orderBy('key').execute();
}

/** Replies by state, for people. */
export async function countReplies(db: Executor): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('replies')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}

/** Publishers for which replies wait. */
export async function waitingPublishers(db: Executor): Promise<string[]> {
  const rows = await db.selectFrom('replies').select('publisher').distinct().where('due_at', 'is not', null).execute();
  return rows.map(({ publisher }) => publisher);
}
