import { sql, type SqlBool } from 'kysely';
import { z } from 'zod';
import type { Digest, Tally } from '../../core/digest.ts';
import type { DateText } from '../../core/zone.ts';
import { codecs } from '../db/codecs.ts';
import { JsonColumn, readEach } from '../db/json-column.ts';
import { hashOf } from '../posts/tombstones.ts';
import type { DeliveryRow, EditionRow, EditionSummary, Executor, Target } from '../db/schema.ts';
import { countRows } from '../db/queries.ts';
import { readSetting } from '../db/settings.ts';

/** The issued digest of one period; `date` is its first day. */
export interface Edition {
  readonly digest: string;
  readonly date: DateText;
  readonly model: Digest;
  readonly tally: Tally;
  readonly madeAt: number;
}

/** Names an edition. */
export type EditionName = Pick<Edition, 'digest' | 'date'>;

/** The first day to issue: stored when the digest is new, and never changed. */
export async function firstDay(tx: Executor, digest: string, otherwise: DateText): Promise<DateText> {
  const name = settingName(digest);
  await tx
    .insertInto('settings')
    .values({ name, value: new JsonColumn<DateText>('settings.value').encode(otherwise) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await knownFirstDay(tx, digest)) ?? otherwise;
}

/** Undefined: the digest is new. */
export async function knownFirstDay(db: Executor, digest: string): Promise<DateText | undefined> {
  return await readSetting(db, settingName(digest), z.string());
}

function settingName(digest: string): string {
  return `digest:${digest}`;
}

/** Issued days of a digest, the latest first. */
export async function issuedDays(db: Executor, digest: string, since: DateText): Promise<DateText[]> {
  const rows = db.selectFrom('editions').select('date').where('digest', '=', digest).where('date', '>=', since);
  return (await rows.orderBy('date', 'desc').execute()).map(({ date }) => date);
}

/** Editions, the latest day first. */
export async function editions(
  db: Executor,
  { digest, since, limit }: { digest?: string | undefined; since?: DateText; limit: number },
): Promise<Edition[]> {
  let query = db.selectFrom('editions').selectAll();
  if (digest !== undefined) query = query.where('digest', '=', digest);
  if (since !== undefined) query = query.where('date', '>=', since);
  const rows = await query.orderBy('date', 'desc').orderBy('digest').limit(limit).execute();
  return readEach(rows, editionIn);
}

/** An edition as lists show it. */
export interface ListedEdition extends EditionSummary {
  readonly digest: string;
  readonly date: DateText;
  readonly madeAt: number;
}

/** Editions without their models, the latest day first, those behind `after`; `next`: the last of them, unless it is the last of all. */
export async function listEditions(
  db: Executor,
  { digest, after, limit }: { digest?: string | undefined; after?: EditionName | undefined; limit: number },
): Promise<{ found: ListedEdition[]; next: EditionName | undefined }> {
  let query = db.selectFrom('editions').select(['date', 'digest', 'made_at', 'summary']);
  if (digest !== undefined) query = query.where('digest', '=', digest);
  if (after !== undefined)
    query = query
      .where('date', '<=', after.date)
      .where((is) => is.or([is('date', '<', after.date), is('digest', '>', after.digest)]));
  const rows = await query
    .orderBy('date', 'desc')
    .orderBy('digest')
    .limit(limit + 1)
    .execute();
  const found = readEach(rows.slice(0, limit), ({ date, digest: name, made_at: madeAt, summary }) => {
    return { date, digest: name, madeAt, ...codecs.editions.summary.decode(summary, `${name} ${date}`) };
  });
  return { found, next: rows.length > limit ? rows[limit - 1] : undefined };
}

export async function editionOf(db: Executor, digest: string, date: DateText): Promise<Edition | undefined> {
  const query = db.selectFrom('editions').selectAll().where('digest', '=', digest).where('date', '=', date);
  const row = await query.executeTakeFirst();
  return row && editionIn(row);
}

function editionIn({ digest, date, model, tally, made_at: madeAt }: EditionRow): Edition {
  const key = `${digest} ${date}`;
  const { editions: codec } = codecs;
  return { digest, date, model: codec.model.decode(model, key), tally: codec.tally.decode(tally, key), madeAt };
}

/**
 * Writes an edition with its deliveries, if the day has none and no edition was added since `after` were counted: corrections appear once.
 * False: it was not written.
 */
export async function insertEdition(
  tx: Executor,
  edition: Edition,
  { targets, after }: { targets: readonly Target[]; after: number },
): Promise<boolean> {
  // Locks the digest: other processes that issue it wait here.
  await tx
    .updateTable('settings')
    .set((setting) => ({ value: setting.ref('value') }))
    .where('name', '=', settingName(edition.digest))
    .execute();
  if ((await countEditions(tx, edition.digest)) !== after) return false;
  const { digest, date, madeAt } = edition;
  const { totals, corrections } = edition.model;
  const { editions: codec } = codecs;
  const corrects = corrections.map((correction) => correction.date);
  const inserted = await tx
    .insertInto('editions')
    .values({
      digest,
      date,
      model: codec.model.encode(edition.model),
      tally: codec.tally.encode(edition.tally),
      made_at: madeAt,
      summary: codec.summary.encode({ posts: totals.posts, cables: totals.cables, corrects }),
    })
    .onConflict((conflict) => conflict.columns(['digest', 'date']).doNothing())
    .executeTakeFirst();
  if ((inserted.numInsertedOrUpdatedRows ?? 0n) === 0n) return false;
  await addDeliveries(tx, { digest, date, targets, now: madeAt });
  return true;
}

export async function countEditions(db: Executor, digest: string): Promise<number> {
  return await countRows(db, db.selectFrom('editions').select('date').where('digest', '=', digest));
}

/** Plans deliveries of an edition; one that was delivered before is delivered again, one that some recipients have to the others. */
export async function addDeliveries(
  tx: Executor,
  { digest, date, targets, now }: { digest: string; date: DateText; targets: readonly Target[]; now: number },
): Promise<void> {
  for (const target of targets) {
    await tx
      .insertInto('deliveries')
      .values({ digest, date, target, due_at: now, attempts: 0 })
      .onConflict((conflict) =>
        conflict.columns(['digest', 'target', 'date']).doUpdateSet({ due_at: now, attempts: 0 }),
      )
      .execute();
  }
}

/** Deliveries that were given up, the newest edition first. */
export async function failedDeliveries(
  db: Executor,
  limit: number,
): Promise<Pick<DeliveryRow, 'digest' | 'date' | 'target' | 'error'>[]> {
  const query = db.selectFrom('deliveries').select(['digest', 'date', 'target', 'error']);
  const failed = query.where('due_at', 'is', null).where('error', 'is not', null);
  return await failed.orderBy('date', 'desc').orderBy('digest').orderBy('target').limit(limit).execute();
}

/** Makes them due again. Returns how many. */
export async function retryDeliveries(tx: Executor, now: number): Promise<number> {
  const retried = tx.updateTable('deliveries').set({ due_at: now, attempts: 0, error: null });
  const failed = retried.where('due_at', 'is', null).where('error', 'is not', null);
  return Number((await failed.executeTakeFirst()).numUpdatedRows);
}

/** A delivery leased by this process. */
export type Delivery = Readonly<Pick<DeliveryRow, 'digest' | 'date' | 'target' | 'attempts' | 'recipients'>>;

/** Digests with due deliveries. */
export async function dueDeliveries(db: Executor, now: number): Promise<string[]> {
  const { rows } = await sql<{ digest: string }>`
    select distinct digest from deliveries as due where due_at <= ${now} and ${isNext}`.execute(db);
  return rows.map(({ digest }) => digest);
}

/** Condition: no earlier day waits for the same target. */
const isNext = sql<SqlBool>`not exists (select 1 from deliveries as earlier
  where earlier.digest = due.digest and earlier.target = due.target and earlier.date < due.date
    and earlier.due_at is not null)`;

/** Claims the first due delivery of a digest. A target gets the days in order, one at a time. */
export async function claimDelivery(
  tx: Executor,
  digest: string,
  { now, leaseMs }: { now: number; leaseMs: number },
): Promise<Delivery | undefined> {
  const { rows } = await sql<Delivery>`
    update deliveries set due_at = ${now + leaseMs}, attempts = attempts + 1
    where digest = ${digest} and due_at <= ${now} and (target, date) in (
      select target, date from deliveries as due
      where digest = ${digest} and due_at <= ${now} and ${isNext} order by date, target limit 1
    )
    returning digest, date, target, attempts, recipients`.execute(tx);
  return rows[0];
}

/** Those who are still to get a delivery; undefined: all of the channel. */
export function recipientsOf({ digest, date, recipients }: Delivery): readonly string[] | undefined {
  return codecs.deliveries.recipients.decode(recipients, `${digest} ${date}`) ?? undefined;
}

/**
 * Ends an attempt: delivered (`dueAt` null, no error), retried at `dueAt`, or abandoned with the reason in `error`. `recipients`: those who are
 * still to get it; left out: as before.
 */
export async function endDelivery(
  tx: Executor,
  { digest, date, target }: Pick<Delivery, 'digest' | 'date' | 'target'>,
  {
    dueAt,
    error,
    recipients,
  }: { dueAt: number | null; error: string | null; recipients?: readonly string[] | undefined },
): Promise<void> {
  const left = recipients !== undefined && { recipients: codecs.deliveries.recipients.encode(recipients) };
  const delivered = error === null && { recipients: null };
  await tx
    .updateTable('deliveries')
    .set({ due_at: dueAt, error, ...left, ...delivered })
    .where('digest', '=', digest)
    .where('date', '=', date)
    .where('target', '=', target)
    .execute();
}

/** Deliveries of an edition, for people. */
export async function deliveriesOf(db: Executor, digest: string, date: DateText) {
  const query = db.selectFrom('deliveries').select(['target', 'due_at', 'attempts', 'error']);
  return await query.where('digest', '=', digest).where('date', '=', date).orderBy('target').execute();
}

/** Id of a digest's post on an account. */
export function idOf(digest: string, date: DateText, target: Target): string {
  return hashOf(`digest ${digest} ${date} ${target}`).slice(0, 32);
}
