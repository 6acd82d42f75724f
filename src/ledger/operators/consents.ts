import { sql, type SqlBool } from 'kysely';
import { type PageToken, nextPageToken } from '../db/page-token.ts';
import type { Executor } from '../db/schema.ts';
import { lookupState } from '../replies/withdraw-reply.ts';

/** Opts a person (`personKey`) out for good. The same transaction abandons their planned replies. */
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
  // Planned again after an attempt that may have succeeded: look the reply up and withdraw it.
  await theirs.set(lookupState(now)).where('state', '=', 'planned').where('first_attempt_at', 'is not', null).execute();
  await theirs
    .set({ state: 'abandoned', due_at: null, reason: 'the author opted out', updated_at: now })
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

/** Condition on `replies`: the author opted out. */
export const authorIsOptedOut = sql<SqlBool>`exists (select 1 from opt_outs where opt_outs.person = replies.author)`;

/** Condition on `posts`: the author opted out; the person as in `personKey`. */
export const posterIsOptedOut = sql<SqlBool>`exists (select 1 from opt_outs
  where opt_outs.person = posts.platform || ':' || posts.author)`;

/** Condition on `posts`: the author opted in. */
export const posterIsOptedIn = sql<SqlBool>`exists (select 1 from opt_ins
  where opt_ins.person = posts.platform || ':' || posts.author)`;

/** An opt-in or opt-out. */
export interface Consent {
  /** `platform:id` of the author. */
  readonly person: string;
  readonly choice: 'in' | 'out';
  /** Key of the post with the request, or the operator's words. */
  readonly source: string;
  readonly at: number;
}

/** Opts a person in: the bot may reply to them unsummoned. False: they opted out before, which takes precedence. */
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

/** Deletes a person's opt-in or opt-out and returns it; undefined: there is none. */
export async function forgetConsent(tx: Executor, person: string): Promise<Consent | undefined> {
  const [consent] = await consents(tx, person);
  if (consent === undefined) return undefined;
  await tx
    .deleteFrom(consent.choice === 'in' ? 'opt_ins' : 'opt_outs')
    .where('person', '=', person)
    .execute();
  return consent;
}

/** Opt-ins and opt-outs of one person or of all, the latest first. */
export async function consents(db: Executor, person?: string): Promise<Consent[]> {
  const found: Consent[] = [];
  for (const [table, choice] of [['opt_outs', 'out'] as const, ['opt_ins', 'in'] as const]) {
    const query = db.selectFrom(table).selectAll();
    const rows = await (person === undefined ? query : query.where('person', '=', person)).execute();
    found.push(...rows.map((row) => ({ ...row, choice })));
  }
  return found.toSorted((a, b) => b.at - a.at);
}

/** A page of opt-ins and opt-outs, the latest first; `next`: token of the next page. */
export async function consentsBefore(
  db: Executor,
  { after, limit }: { after: PageToken | undefined; limit: number },
): Promise<{ consents: Consent[]; next: PageToken | undefined }> {
  const behind = after === undefined ? sql`` : sql`where (at, person) < (${after.at}, ${after.key})`;
  const { rows } = await sql<Consent>`
    select person, choice, source, at from (
      select person, 'out' as choice, source, at from opt_outs union all select person, 'in' as choice, source, at from opt_ins
    ) as consents ${behind} order by at desc, person desc limit ${limit + 1}`.execute(db);
  return {
    consents: rows.slice(0, limit),
    next: nextPageToken(rows, limit, ({ at, person }) => ({ at, key: person })),
  };
}
