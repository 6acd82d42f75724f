import { sql } from 'kysely';
import type { Payload, Published } from '../../core/reply.ts';
import { recordSuccess } from '../accounts/accounts.ts';
import { type Deferred, limitOn, tomorrow } from '../accounts/reply-limits.ts';
import { dayMs } from '../../core/durations.ts';
import { codecs } from '../db/codecs.ts';
import { isPostgres } from '../db/queries.ts';
import type { Executor, ReplyRow } from '../db/schema.ts';
import { knownTombstones } from '../posts/tombstones.ts';
import { type Claim, lockDue } from './claim-reply.ts';
import { insertReplies, type PlannedReply, publishedColumns, replyRow, scopeColumn } from './replies.ts';
import { moveReplies } from './states.ts';
import { supersedeReply } from './withdraw-reply.ts';

/** So many texts take the place of a reply on a day; the next one waits for the next day, and the last of several is put. */
const mostADay = 5;

/**
 * The post of a sent reply changed, and `next` would answer it: its text is to take the place of the published one. False: it cannot, since
 * account, readers or place differ, or `next` says what another reply says.
 */
export async function replaceReply(tx: Executor, key: string, next: PlannedReply, now: number): Promise<boolean> {
  const row = await replyRow(tx, key);
  if (row === undefined || row.publisher !== next.publisher) return false;
  const { visibility, alone } = codecs.replies.payload.decode(row.payload, key);
  if (alone || next.payload.alone || visibility !== next.payload.visibility) return false;
  const scope = scopeColumn(next.scope);
  const same = tx.selectFrom('replies').select('key').where('scope', '=', scope).where('key', '!=', key);
  if ((await same.executeTakeFirst()) !== undefined || (await knownTombstones(tx, [scope])).size > 0) return false;
  const moved = await moveReplies(tx, ['sent', 'replacing'], 'replacing', {
    replacement: codecs.replies.replacement.encode(next.payload),
    scope,
    summoned: Number(next.summoned),
    // A text that is being put now comes first, since two requests might arrive in the other order; and a platform may have asked to wait.
    due_at: sql<number>`coalesce(due_at, ${now})`,
    reason: sql.ref<string | null>('reason'),
    lookups: sql.ref<number>('lookups'),
    planned_at: now,
    updated_at: now,
  })
    .where('key', '=', key)
    .executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

/** A reply whose text one process replaces until its lease ends. */
export interface Replacement {
  readonly key: string;
  readonly publisher: string;
  readonly attempt: number;
  readonly leaseUntil: number;
  readonly published: Published;
  readonly payload: Payload;
  /** Failed attempts before this one. */
  readonly failures: number;
}

/** A reply that is due for its replacement; undefined: it is not. */
export async function dueReplacement(
  tx: Executor,
  key: string,
  now: number,
): Promise<Pick<ReplyRow, 'publisher' | 'planned_at'> | undefined> {
  const query = tx.selectFrom('replies').select(['publisher', 'planned_at']).where('key', '=', key);
  return await query.where('state', '=', 'replacing').where('due_at', '<=', now).executeTakeFirst();
}

/** Leases it, unless a limit defers it: the limits of sending. One that may not be sent at all is withdrawn. Undefined: it is not due. */
export async function claimReplacement(tx: Executor, claim: Claim): Promise<Replacement | Deferred | undefined> {
  const { key, now, terms } = claim;
  const [candidate] = await lockDue(tx, [claim], 'replacing');
  const row = candidate && (await replyRow(tx, key));
  if (row === undefined || row.published === null || row.replacement === null) return undefined;
  const today = tomorrow(now) - dayMs;
  const replacements = (row.claimed_at ?? 0) < today ? 0 : row.replacements;
  const deferred =
    replacements >= mostADay
      ? { reason: `the limit of ${mostADay} replacements a day is reached`, dueAt: tomorrow(now) }
      : await limitOn(tx, candidate!, now, terms);
  if (deferred !== undefined) {
    await defer(tx, key, deferred, now);
    return deferred;
  }
  const leaseUntil = now + terms.leaseMs;
  await tx
    .updateTable('replies')
    .set({ due_at: leaseUntil, lease_until: leaseUntil, attempts: row.attempts + 1, claimed_at: now, replacements })
    .where('key', '=', key)
    .execute();
  const { replies: codec } = codecs;
  return {
    key,
    publisher: row.publisher,
    attempt: row.attempts + 1,
    leaseUntil,
    published: codec.published.decode(row.published, key),
    payload: codec.replacement.decode(row.replacement, key),
    failures: row.lookups,
  };
}

async function defer(tx: Executor, key: string, { reason, dueAt }: Deferred, now: number): Promise<void> {
  if (dueAt === null) await supersedeReply(tx, key, now);
  else await tx.updateTable('replies').set({ due_at: dueAt, reason }).where('key', '=', key).execute();
}

/** Outcome of an attempt to replace a reply; `refused`: it is withdrawn, and the new text becomes a reply of its own. */
export type ReplacementEnding =
  | { readonly state: 'sent'; readonly published: Published }
  | { readonly state: 'replacing'; readonly reason: string; readonly dueAt: number }
  | { readonly state: 'refused'; readonly reason: string };

/** Writes an outcome. False: the lease was lost, or the post changed again, and the next text is put at once. */
export async function endReplacement(
  tx: Executor,
  { key, attempt, payload }: Replacement,
  ending: ReplacementEnding,
  now: number,
): Promise<boolean> {
  const query = tx.selectFrom('replies').selectAll().where('key', '=', key).where('attempts', '=', attempt);
  const held = query.where('state', '=', 'replacing');
  const row = await (isPostgres(tx) ? held.forUpdate() : held).executeTakeFirst();
  if (row === undefined) return false;
  const replacement = codecs.replies.replacement.encode(payload);
  const isLast = row.replacement === replacement;
  if (isLast && ending.state === 'refused') {
    await replan(tx, row, payload, now);
    return true;
  }
  const again = ending.state === 'replacing' ? ending : { reason: 'the post changed again', dueAt: now };
  const moved =
    isLast && ending.state === 'sent'
      ? moveReplies(tx, ['replacing'], 'sent', {
          ...publishedColumns(ending.published),
          payload: codecs.replies.payload.encode(asReplyOf(row, payload)),
          replacements: row.replacements + 1,
          sent_at: now,
          updated_at: now,
        })
      : moveReplies(tx, ['replacing'], 'replacing', {
          replacement: row.replacement ?? replacement,
          due_at: again.dueAt,
          reason: again.reason,
          lookups: row.lookups + 1,
          updated_at: now,
        });
  await moved.where('key', '=', key).execute();
  if (ending.state === 'sent') await recordSuccess(tx, row.publisher, now);
  return isLast;
}

/** The platform knows the reply as it was published first. */
function asReplyOf({ key, payload }: ReplyRow, next: Payload): Payload {
  return { ...next, key, createdAt: codecs.replies.payload.decode(payload, key).createdAt };
}

/** Withdraws the reply, and plans another one with the text that was to take its place; it waits until the old one is deleted. */
async function replan(tx: Executor, row: ReplyRow, payload: Payload, now: number): Promise<void> {
  const [platform = '', oncePer, ...cited] = codecs.replies.scope.decode(row.scope, row.key);
  await supersedeReply(tx, row.key, now);
  const reply = {
    postKey: row.post_key,
    publisher: row.publisher,
    payload,
    scope: { platform, thread: payload.replyTo.thread, cited, oncePer },
    person: row.author,
    summoned: row.summoned === 1,
  };
  await insertReplies(tx, [{ reply, at: now }]);
}
