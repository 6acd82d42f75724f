import { sql, type SqlBool } from 'kysely';
import { type PageRequest, readPage } from '../db/queries.ts';
import type { ConsentRow, Executor } from '../db/schema.ts';
import { cancelUnsent } from '../replies/withdraw-reply.ts';

/** A person (`personKey`) and the source of their choice. */
type Wish = Pick<ConsentRow, 'person' | 'source'>;

/** Opts a person out for good. The same transaction cancels the replies to them that are not sent yet. */
export async function optOut(tx: Executor, { person, source }: Wish, now: number): Promise<void> {
  const out = { choice: 'out', source, at: now } as const;
  await tx
    .insertInto('consents')
    .values({ person, ...out })
    .onConflict((conflict) => conflict.column('person').doUpdateSet(out).where('consents.choice', '=', 'in'))
    .execute();
  await cancelUnsent(tx, ['author', person], { now, reason: 'the author opted out' });
}

export async function isOptedOut(db: Executor, person: string): Promise<boolean> {
  return (await consentOf(db, person))?.choice === 'out';
}

/** Condition on `replies`: the author opted out. */
export const authorIsOptedOut = sql<SqlBool>`exists (select 1 from consents
  where consents.person = replies.author and consents.choice = 'out')`;

/** Condition on `posts` and `consents`: a wish of the author; the person as in `personKey`. */
export const ofPoster = sql<SqlBool>`consents.person = posts.platform || ':' || posts.author`;

/** Condition on `posts`: the author opted out. */
export const posterIsOptedOut = poster('out');

/** Condition on `posts`: the author opted in. */
export const posterIsOptedIn = poster('in');

function poster(choice: Consent['choice']) {
  return sql<SqlBool>`exists (select 1 from consents where ${ofPoster} and consents.choice = ${sql.lit(choice)})`;
}

/** An opt-in or opt-out. */
export type Consent = Readonly<ConsentRow>;

/** Opts a person in: the bot may reply to them unsummoned. False: they opted out before, which takes precedence. */
export async function optIn(tx: Executor, { person, source }: Wish, now: number): Promise<boolean> {
  if (await isOptedOut(tx, person)) return false;
  await tx
    .insertInto('consents')
    .values({ person, choice: 'in', source, at: now })
    .onConflict((conflict) => conflict.column('person').doNothing())
    .execute();
  return true;
}

/** A person's own request: ends their opt-in, or the opt-out that a post of theirs asked for. False: there is none. */
export async function takeBack(tx: Executor, person: string, choice: Consent['choice']): Promise<boolean> {
  const stored = await consentOf(tx, person);
  if (stored?.choice !== choice || (choice === 'out' && !isFromPost(stored))) return false;
  return (await forgetConsent(tx, person)) !== undefined;
}

/** Not by an operator, who says why in words: the source is the post's key, of a deleted one its short id. */
function isFromPost({ person, source }: Consent): boolean {
  return source.startsWith(person.slice(0, person.indexOf(':') + 1)) || /^post [0-9a-f]{12}$/.test(source);
}

/** Deletes a person's opt-in or opt-out and returns it; undefined: there is none. */
export async function forgetConsent(tx: Executor, person: string): Promise<Consent | undefined> {
  return await tx.deleteFrom('consents').where('person', '=', person).returningAll().executeTakeFirst();
}

/** The opt-in or opt-out of a person. */
export async function consentOf(db: Executor, person: string): Promise<Consent | undefined> {
  return await db.selectFrom('consents').selectAll().where('person', '=', person).executeTakeFirst();
}

/** A page of opt-ins and opt-outs, the latest first. */
export async function consentsPage(db: Executor, request: PageRequest) {
  return await readPage(db.selectFrom('consents').selectAll(), 'person', request);
}
