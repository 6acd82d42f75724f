import { sql, type SqlBool } from 'kysely';
import type { Executor } from './schema.ts';
import { lookedFor } from './withdrawing.ts';

/** From now on this person (`personKey`) is never answered: what is planned for them is given up in the same transaction. */
export async function optOut(
  tx: Executor,
  { person, source }: { person: string; source: string },
  now: number,
): Promise<void> {
  await tx
    .insertInto('opt_outs')
    .values({ person, source, at: now })
    .onConflict((conflict) => conflict.column('person').doNothing())
    .execute();
  const theirs = tx.updateTable('replies').where('author', '=', person);
  // Planned again after an attempt that may be out: no silence yet, but an answer to be found and taken back.
  await theirs.set(lookedFor(now)).where('state', '=', 'planned').where('first_attempt_at', 'is not', null).execute();
  await theirs
    .set({ state: 'abandoned', due_at: null, reason: 'the author asked not to be answered', updated_at: now })
    .where('state', 'in', ['planned', 'held'])
    .execute();
}

export async function isOptedOut(db: Executor, person: string): Promise<boolean> {
  const row = await db.selectFrom('opt_outs').select('at').where('person', '=', person).executeTakeFirst();
  return row !== undefined;
}

/** Whether its author is, as part of a question for replies. */
export const authorIsOptedOut = sql<SqlBool>`exists (select 1 from opt_outs where opt_outs.person = replies.author)`;

/** Whether its author is, as part of a question for posts; the person as `personKey` writes it. */
export const posterIsOptedOut = sql<SqlBool>`exists (select 1 from opt_outs
  where opt_outs.person = posts.platform || ':' || posts.author)`;
