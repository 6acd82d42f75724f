import { sql, type SqlBool } from 'kysely';
import type { DateText } from '../../core/zone.ts';
import { codecs } from '../db/codecs.ts';
import type { DeliveryRow, Executor, Target } from '../db/schema.ts';
import { hashOf } from '../posts/tombstones.ts';

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

/** Abandoned deliveries, the newest edition first. */
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
