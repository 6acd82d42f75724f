import { type RawBuilder, sql } from 'kysely';
import type { ReplyState } from '../../core/reply.ts';
import type { Executor } from '../db/schema.ts';

/** How much waits for a person: replies, posts, notices and deliveries of digests that failed, what could not be read, and pages of other sites. */
export type WaitingWork = Awaited<ReturnType<typeof waitingWork>>;

/** Counting stops here. */
export const maxWaiting = 1000;

/** Each kind is counted up to `maxWaiting`, by an index. */
export async function waitingWork(db: Executor) {
  const { rows } = await sql<{ kind: string; count: number | string }>`${sql.join(
    Object.entries(kinds).map(([kind, rowsOf]) => {
      const counted = sql`select count(*) from (select 1 as one from ${rowsOf} limit ${maxWaiting}) as counted`;
      return sql`select ${sql.lit(kind)} as kind, (${counted}) as count`;
    }),
    sql` union all `,
  )}`.execute(db);
  const counts = new Map(rows.map(({ kind, count }) => [kind, Number(count)]));
  const countOf = (kind: keyof typeof kinds) => counts.get(kind) ?? 0;
  return {
    held: countOf('held'),
    unknown: countOf('unknown'),
    refused: countOf('refused'),
    abandoned: countOf('abandoned'),
    posts: countOf('posts'),
    notices: countOf('notices'),
    deliveries: countOf('deliveries'),
    rejects: countOf('rejects'),
    trackbacks: countOf('trackbacks'),
  };
}

const failed = sql`due_at is null and error is not null`;

const kinds = {
  held: waiting('held'),
  unknown: waiting('unknown'),
  refused: stopped('refused'),
  abandoned: stopped('abandoned'),
  posts: sql`posts where state = 'failed'`,
  notices: sql`notices where ${failed}`,
  deliveries: sql`deliveries where ${failed}`,
  rejects: sql`rejects`,
  trackbacks: sql`trackbacks where state = 'pending'`,
};

function waiting(state: ReplyState): RawBuilder<unknown> {
  return sql`replies where state = ${state} and due_at is not null`;
}

function stopped(state: ReplyState): RawBuilder<unknown> {
  return sql`replies where state = ${state} and due_at is null`;
}
