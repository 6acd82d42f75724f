import { sql, type SqlBool } from 'kysely';
import { type PageToken, nextPageToken } from '../db/page-token.ts';
import type { Executor } from '../db/schema.ts';
import { lookupState } from '../replies/withdraw-reply.ts';

/** From now on this person (`personKey`) is never answered: what is planned for them is given up in the same transaction. */
export async function optOut(
  tx: Executor,
  { person, source }: { person: string; source: string },
  now: number,
): Promise<void> {
  await tx.deleteFrom('opt_ins').where('person', '=', person).execute();
  await tx
    .insertInto('opt_outs')
    .values({ person, source, at: now })
    .onConflict((conflict) => conflict.column('person').doNothing())
    .execute();
  const theirs = tx.updateTable('replies').where('author', '=', person);
  // Planned again after an attempt that may be out: no silence yet, but an answer to be found and taken back.
  await theirs.set(lookupState(now)).where('state', '=', 'planned').where('first_attempt_at', 'is not', null).execute();
  await theirs
    .set({ state: 'abandoned', due_at: null, reason: 'the author asked not to be answered', updated_at: now })
    .where('state', 'in', ['planned', 'held'])
    .execute();
}

export async function isOptedOut(db: Executor, person: string): Promise<boolean> {
  const row = await db.selectFrom('opt_outs').select('at').where('person', '=', person).executeTakeFirst();
  return row !== undefined;
}

export async function isOptedIn(db: Executor, person: string): Promise<boolean> {
  const row = await db.selectFrom('opt_ins').select('at').where('person', '=', person).executeTakeFirst();
  return row !== undefined;
}

/** Whether its author is, as part of a question for replies. */
export const authorIsOptedOut = sql<SqlBool>`exists (select 1 from opt_outs where opt_outs.person = replies.author)`;

/** Whether its author is, as part of a question for posts; the person as `personKey` writes it. */
export const posterIsOptedOut = sql<SqlBool>`exists (select 1 from opt_outs
  where opt_outs.person = posts.platform || ':' || posts.author)`;

/** Whether its author asked to be answered without addressing the bot, as part of a question for posts. */
export const posterIsOptedIn = sql<SqlBool>`exists (select 1 from opt_ins
  where opt_ins.person = posts.platform || ':' || posts.author)`;

/** What somebody said once and for all. */
export interface Consent {
  /** `platform:id` of the author. */
  readonly person: string;
  readonly choice: 'in' | 'out';
  /** The key of the post that said so, or the operator's words. */
  readonly source: string;
  readonly at: number;
}

/** From now on this person may be answered without addressing the bot. False: they asked for silence, and that holds. */
export async function optIn(
  tx: Executor,
  { person, source }: { person: string; source: string },
  now: number,
): Promise<boolean> {
  if (await isOptedOut(tx, person)) return false;
  await tx
    .insertInto('opt_ins')
    .values({ person, source, at: now })
    .onConflict((conflict) => conflict.column('person').doNothing())
    .execute();
  return true;
}

/** Forgets what a person said, either way. Returns what it was; undefined: they said nothing. */
export async function forgetConsent(tx: Executor, person: string): Promise<Consent | undefined> {
  const [said] = await consents(tx, person);
  if (said === undefined) return undefined;
  await tx
    .deleteFrom(said.choice === 'in' ? 'opt_ins' : 'opt_outs')
    .where('person', '=', person)
    .execute();
  return said;
}

/** What people said, the latest first; of one person, or of all. */
export async function consents(db: Executor, person?: string): Promise<Consent[]> {
  const found: Consent[] = [];
  for (const [table, choice] of [['opt_outs', 'out'] as const, ['opt_ins', 'in'] as const]) {
    const query = db.selectFrom(table).selectAll();
    const rows = await (person === undefined ? query : query.where('person', '=', person)).execute();
    found.push(...rows.map((row) => ({ ...row, choice })));
  }
  return found.toSorted((a, b) => b.at - a.at);
}

/** A page of what people said, the latest first; `next`: where the next one begins. */
export async function consentsBefore(
  db: Executor,
  { after, limit }: { after: PageToken | undefined; limit: number },
): Promise<{ consents: Consent[]; next: PageToken | undefined }> {
  const behind = after === undefined ? sql`` : sql`where (at, person) < (${after.at}, ${after.key})`;
  const { rows } = await sql<Consent>`
    select person, choice, source, at from (
      select person, 'out' as choice, source, at from opt_outs union all select person, 'in' as choice, source, at from opt_ins
    ) as said ${behind} order by at desc, person desc limit ${limit + 1}`.execute(db);
  return {
    consents: rows.slice(0, limit),
    next: nextPageToken(rows, limit, ({ at, person }) => ({ at, key: person })),
  };
}
