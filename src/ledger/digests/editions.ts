import { sql, type SqlBool } from 'kysely';
import type { DateText } from '../../core/zone.ts';
import { hashOf } from '../posts/tombstones.ts';
import type { Executor } from '../db/schema.ts';

/** One digest of one day, as it was issued. */
export interface Edition {
  readonly digest: string;
  readonly date: DateText;
  /** JSON of digest/model. */
  readonly model: string;
  /** JSON of digest/tally. */
  readonly tally: string;
  readonly madeAt: number;
}

/** Where an issue goes: `files`, `channel NAME`, `account NAME`. */
export type Target = 'files' | `channel ${string}` | `account ${string}`;

/** The first day that is issued; noted when the digest is first seen, and never changed. */
export async function firstDay(tx: Executor, digest: string, otherwise: DateText): Promise<DateText> {
  const name = settingName(digest);
  await tx
    .insertInto('settings')
    .values({ name, value: JSON.stringify(otherwise) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await knownFirstDay(tx, digest)) ?? otherwise;
}

/** Undefined: the digest was not seen yet. */
export async function knownFirstDay(db: Executor, digest: string): Promise<DateText | undefined> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', settingName(digest))
    .executeTakeFirst();
  return row && (JSON.parse(row.value) as DateText);
}

function settingName(digest: string): string {
  return `digest:${digest}`;
}

/** Days of a digest that were issued, the latest first. */
export async function issuedDays(db: Executor, digest: string, since: DateText): Promise<DateText[]> {
  const rows = db.selectFrom('editions').select('date').where('digest', '=', digest).where('date', '>=', since);
  return (await rows.orderBy('date', 'desc').execute()).map(({ date }) => date);
}

/** Issues as they were made, the latest day first. */
export async function editions(
  db: Executor,
  { digest, since, limit }: { digest?: string | undefined; since?: DateText; limit: number },
): Promise<Edition[]> {
  let query = db.selectFrom('editions').selectAll();
  if (digest !== undefined) query = query.where('digest', '=', digest);
  if (since !== undefined) query = query.where('date', '>=', since);
  const rows = await query.orderBy('date', 'desc').orderBy('digest').limit(limit).execute();
  return rows.map(({ made_at: madeAt, ...row }) => ({ ...row, madeAt }));
}

export async function editionOf(db: Executor, digest: string, date: DateText): Promise<Edition | undefined> {
  const query = db.selectFrom('editions').selectAll().where('digest', '=', digest).where('date', '=', date);
  const row = await query.executeTakeFirst();
  if (row === undefined) return undefined;
  const { made_at: madeAt, ...rest } = row;
  return { ...rest, madeAt };
}

/**
 * Writes an issue and where it is to go, if the day has none and nothing was issued since `after` was looked at: corrections are told once.
 * False: it was not written.
 */
export async function insertEdition(
  tx: Executor,
  edition: Edition,
  { targets, after }: { targets: readonly Target[]; after: number },
): Promise<boolean> {
  // Whoever issues the same digest waits here until this one is written.
  await tx
    .updateTable('settings')
    .set((note) => ({ value: note.ref('value') }))
    .where('name', '=', settingName(edition.digest))
    .execute();
  if ((await countEditions(tx, edition.digest)) !== after) return false;
  const { digest, date, model, tally, madeAt } = edition;
  const inserted = await tx
    .insertInto('editions')
    .values({ digest, date, model, tally, made_at: madeAt })
    .onConflict((conflict) => conflict.columns(['digest', 'date']).doNothing())
    .executeTakeFirst();
  if ((inserted.numInsertedOrUpdatedRows ?? 0n) === 0n) return false;
  await addDeliveries(tx, { digest, date, targets, now: madeAt });
  return true;
}

export async function countEditions(db: Executor, digest: string): Promise<number> {
  const { count } = await db
    .selectFrom('editions')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('digest', '=', digest)
    .executeTakeFirstOrThrow();
  return count;
}

/** The issue goes there, too; where it went once, once more. */
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

/** An issue on its way, in the hands of one process until the lease ends. */
export interface Delivery {
  readonly digest: string;
  readonly date: DateText;
  readonly target: Target;
  readonly attempts: number;
}

/** Digests of which something is due to be delivered. */
export async function dueDeliveries(db: Executor, now: number): Promise<string[]> {
  const { rows } = await sql<{ digest: string }>`
    select distinct digest from deliveries as due where due_at <= ${now} and ${isNext}`.execute(db);
  return rows.map(({ digest }) => digest);
}

/** No earlier day still waits to go to the same place. */
const isNext = sql<SqlBool>`not exists (select 1 from deliveries as earlier
  where earlier.digest = due.digest and earlier.target = due.target and earlier.date < due.date
    and earlier.due_at is not null)`;

/** Takes the first delivery of a digest that is due: to one place the days go in their order, one at a time. */
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
    returning digest, date, target, attempts`.execute(tx);
  return rows[0];
}

/** It is out (`dueAt` null, no error), is tried again at `dueAt`, or is given up for the reason in `error`. */
export async function endDelivery(
  tx: Executor,
  { digest, date, target }: Delivery,
  { dueAt, error }: { dueAt: number | null; error: string | null },
): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ due_at: dueAt, error })
    .where('digest', '=', digest)
    .where('date', '=', date)
    .where('target', '=', target)
    .execute();
}

/** What became of the deliveries of issues, for people. */
export async function deliveriesOf(db: Executor, digest: string, date: DateText) {
  const query = db.selectFrom('deliveries').select(['target', 'due_at', 'attempts', 'error']);
  return await query.where('digest', '=', digest).where('date', '=', date).orderBy('target').execute();
}

/** Names of what a digest says on an account: they belong to it alone. */
export function idOf(digest: string, date: DateText, target: Target): string {
  return hashOf(`digest ${digest} ${date} ${target}`).slice(0, 32);
}
