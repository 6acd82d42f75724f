import { sql } from 'kysely';
import { codecs } from '../db/codecs.ts';
import { findsRow } from '../db/queries.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';
import { moveReplies } from './states.ts';

/** So many replies to one author wait for a review; older ones are rejected. */
export const mostHeldPerAuthor = 20;

/** A held reply, and how many of its author are held. */
export type HeldReply = ReplyRow & { readonly of_author: number };

/** A page of held replies. */
export interface HeldRequest {
  /** `platform:id`; left out: all authors. */
  readonly author?: string | undefined;
  /** Key of the last reply of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** Only so many of each author, the next to expire; left out: all. */
  readonly perAuthor?: number;
}

/** Held replies by author; authors, and the replies of each, by the next to expire. `leftOut` is the number of those after the page. */
export async function heldReplies(
  db: Executor,
  { author, after, limit, perAuthor }: HeldRequest,
): Promise<{ rows: readonly HeldReply[]; leftOut: number }> {
  const place = sql`(author_due, author, due_at, key)`;
  const { rows } = await sql<HeldReply & { rest: number }>`
    with held as (
      select *, min(due_at) over of_author as author_due, count(*) over of_author as of_author,
        row_number() over (partition by author order by due_at, key) as place_of_author
      from replies where state = 'held' ${author === undefined ? sql`` : sql`and author = ${author}`}
      window of_author as (partition by author)
    )
    select *, count(*) over () as rest from held
    where ${after === undefined ? sql`true` : sql`${place} > (select author_due, author, due_at, key from held where key = ${after})`}
      ${perAuthor === undefined ? sql`` : sql`and place_of_author <= ${perAuthor}`}
    order by author_due, author, due_at, key limit ${limit}`.execute(db);
  return { rows, leftOut: (rows[0]?.rest ?? 0) - rows.length };
}

/** False: no such reply is held. */
export async function approveReply(tx: Executor, key: string, now: number): Promise<boolean> {
  const values = { due_at: now, planned_at: now, updated_at: now };
  return await findsRow(moveReplies(tx, ['held'], 'planned', values).where('key', '=', key));
}

/** Changes the text of a held reply. Returns the former text; undefined: no such reply is held. */
export async function editReply(tx: Executor, key: string, text: string, now: number): Promise<string | undefined> {
  const query = tx.selectFrom('replies').select('payload').where('key', '=', key).where('state', '=', 'held');
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const payload = codecs.replies.payload.decode(row.payload, key);
  const changed = tx
    .updateTable('replies')
    .set({ payload: codecs.replies.payload.encode({ ...payload, text }), updated_at: now })
    .where('key', '=', key)
    .where('state', '=', 'held');
  return (await findsRow(changed)) ? payload.text : undefined;
}

/** False: no such reply is held. */
export async function rejectReply(tx: Executor, key: string, reason: string, now: number): Promise<boolean> {
  return await findsRow(moveReplies(tx, ['held'], 'rejected', { reason, updated_at: now }).where('key', '=', key));
}

/** Approves or rejects all held replies to an author. Returns their number. */
export async function decideAllHeld(
  tx: Executor,
  { author, choice, reason }: { author: string; choice: 'approve' | 'reject'; reason: string },
  now: number,
): Promise<number> {
  const decided =
    choice === 'approve'
      ? moveReplies(tx, ['held'], 'planned', { due_at: now, planned_at: now, updated_at: now })
      : moveReplies(tx, ['held'], 'rejected', { reason, updated_at: now });
  return Number((await decided.where('author', '=', author).executeTakeFirst()).numUpdatedRows);
}

/** Rejects the older held replies of each author who has too many, so that nobody fills the review. */
export async function capHeld(tx: Executor, authors: ReadonlySet<string>, now: number): Promise<void> {
  const reason = `this author has ${mostHeldPerAuthor} newer replies that wait for review`;
  for (const author of authors) {
    const latest = tx.selectFrom('replies').select('key').where('state', '=', 'held').where('author', '=', author);
    const newest = latest.orderBy('planned_at', 'desc').orderBy('key', 'desc').limit(mostHeldPerAuthor);
    await moveReplies(tx, ['held'], 'rejected', { reason, updated_at: now })
      .where('author', '=', author)
      .where('key', 'not in', newest)
      .execute();
  }
}

/** Rejects all held replies whose time is over. */
export async function expireHeld(tx: Executor, now: number): Promise<void> {
  await moveReplies(tx, ['held'], 'rejected', { reason: 'no decision in time', updated_at: now })
    .where('due_at', '<=', now)
    .execute();
}
