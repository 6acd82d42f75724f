import { sql } from 'kysely';
import { z } from 'zod';
import { codecs } from '../db/codecs.ts';
import { type Json, readEach } from '../db/json-column.ts';
import { findsRow } from '../db/queries.ts';
import { readSetting, writeSetting } from '../db/settings.ts';
import type { Executor, NoticeContent, NoticeRow } from '../db/schema.ts';
import { valuesList } from '../db/values-list.ts';

/** A notification of a channel about a post. */
export interface Notice {
  readonly id: string;
  readonly channel: string;
  readonly postKey: string;
  readonly content: NoticeContent;
}

/** Plans notices, at most one per channel and post. */
export async function insertNotices(
  tx: Executor,
  notices: readonly (Omit<Notice, 'id'> & { readonly at: number })[],
): Promise<void> {
  if (notices.length === 0) return;
  const columns = { text: ['id', 'channel', 'post_key', 'content'], bigint: ['at'] } as const;
  const rows = notices.map(({ channel, postKey, content, at }) => {
    const text = codecs.notices.content.encode(content);
    return { id: `${channel} ${postKey}`, channel, post_key: postKey, content: text, at };
  });
  await sql`
    insert into notices (id, channel, post_key, content, due_at, attempts, at)
    select id, channel, post_key, content, at, 0, at from ${valuesList(tx, columns, rows)}
    where true order by input.id on conflict do nothing`.execute(tx);
}

/** Channels with due notices. */
export async function dueChannels(db: Executor, now: number): Promise<string[]> {
  const query = db.selectFrom('notices').select('channel').distinct();
  const rows = await query.where('due_at', 'is not', null).where('due_at', '<=', now).execute();
  return rows.map(({ channel }) => channel);
}

export interface ClaimedNotice extends Notice {
  readonly attempts: number;
  /** Those who are still to get it; null: all of the channel. */
  readonly recipients: readonly string[] | null;
}

/** What one message may hold: notices for the same recipients, and those that went together before, so that it keeps its id. */
const batch = sql<string>`coalesce(recipients, '') || case when attempts > 0 then due_at else 0 end`;

interface ClaimTerms {
  readonly channel: string;
  readonly now: number;
  readonly leaseMs: number;
  readonly most: number;
  readonly betweenMs?: number;
}

/** When a channel got its latest message. */
const notifiedAt = (channel: string) => `notified ${channel}`;

/**
 * Leases due notices of a channel that make one message, the oldest first; within `betweenMs` of its latest message new ones are due later.
 * Abandons those that cannot be read.
 */
export async function claimNotices(
  tx: Executor,
  { channel, now, leaseMs, most, betweenMs = 0 }: ClaimTerms,
): Promise<ClaimedNotice[]> {
  const latest = await readSetting(tx, notifiedAt(channel), z.number());
  const nextAt = latest === undefined || latest > now ? now : latest + betweenMs;
  if (nextAt > now) {
    const early = tx.updateTable('notices').set({ due_at: nextAt }).where('channel', '=', channel);
    await early.where('attempts', '=', 0).where('due_at', '<=', now).execute();
  }
  const { rows } = await sql<ClaimedRow>`
    update notices set due_at = ${now + leaseMs}, attempts = attempts + 1
    where id in (
      select id from notices where channel = ${channel} and due_at is not null and due_at <= ${now}
        and ${batch} = (
          select ${batch} from notices where channel = ${channel} and due_at is not null and due_at <= ${now}
          order by due_at, id limit 1
        )
      order by due_at, id limit ${most}
    ) and due_at <= ${now}
    returning id, post_key, content, attempts, recipients`.execute(tx);
  const claimed = readEach(rows, ({ id, post_key: postKey, content, attempts, recipients }) => {
    const { notices: codec } = codecs;
    const decoded = {
      content: codec.content.decode(content, id),
      recipients: codec.recipients.decode(recipients, id),
    };
    return { id, channel, postKey, attempts, ...decoded };
  });
  const read = new Set(claimed.map(({ id }) => id));
  const unreadable = rows.map(({ id }) => id).filter((id) => !read.has(id));
  if (unreadable.length > 0) await postponeNotices(tx, unreadable, { dueAt: null, error: 'it cannot be read' });
  return claimed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

interface ClaimedRow extends Pick<NoticeRow, 'id' | 'post_key' | 'attempts' | 'recipients'> {
  readonly content: Json<NoticeContent>;
}

/** Marks notices as delivered, in one message. */
export async function endNotices(tx: Executor, channel: string, ids: readonly string[], now: number): Promise<void> {
  await writeSetting(tx, notifiedAt(channel), now);
  await tx
    .updateTable('notices')
    .set({ due_at: null, error: null, content: null, recipients: null })
    .where('id', 'in', ids)
    .execute();
}

/** Retries notices at `dueAt`; null: abandons them with the reason in `error`. `recipients`: those who are still to get them. */
export async function postponeNotices(
  tx: Executor,
  ids: readonly string[],
  { dueAt, error, recipients }: { dueAt: number | null; error: string; recipients?: readonly string[] | undefined },
): Promise<void> {
  const left = recipients !== undefined && { recipients: codecs.notices.recipients.encode(recipients) };
  await tx
    .updateTable('notices')
    .set({ due_at: dueAt, error, ...left })
    .where('id', 'in', ids)
    .execute();
}

/** Number of abandoned notices by channel. */
export async function lostNotices(db: Executor): Promise<{ channel: string; count: number; error: string }[]> {
  const query = db.selectFrom('notices').where('due_at', 'is', null).where('error', 'is not', null).groupBy('channel');
  const counted = query.select(({ fn }) => ['channel', fn.countAll<number>().as('count'), fn.max('error').as('error')]);
  return (await counted.execute()).map((row) => ({ ...row, error: row.error ?? '' }));
}

/** Makes the abandoned notices of a channel due again. False: there are none. */
export async function retryNotices(tx: Executor, channel: string, now: number): Promise<boolean> {
  const retried = tx.updateTable('notices').set({ due_at: now, attempts: 0, error: null });
  const lost = retried.where('channel', '=', channel).where('due_at', 'is', null).where('error', 'is not', null);
  return await findsRow(lost);
}
