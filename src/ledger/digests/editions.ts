import { z } from 'zod';
import type { Digest, Tally } from '../../core/digest.ts';
import type { DateText } from '../../core/zone.ts';
import { codecs } from '../db/codecs.ts';
import { JsonColumn, readEach } from '../db/json-column.ts';
import type { EditionRow, EditionSummary, Executor, Target } from '../db/schema.ts';
import { countRows } from '../db/queries.ts';
import { readSetting } from '../db/settings.ts';
import { addDeliveries } from './deliveries.ts';
import { type Fingerprints, writeFingerprints } from './fingerprints.ts';

/** The issued digest of one period; `date` is its first day. */
export interface Edition {
  readonly digest: string;
  readonly date: DateText;
  readonly model: Digest;
  /** Short ids of the posts worth reading, the best first, more than are shown; null: made before they were kept. */
  readonly reading: readonly string[] | null;
  readonly madeAt: number;
}

/** An edition with the counts that it published. */
export interface CountedEdition extends Edition {
  readonly tally: Tally;
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
  { digest, limit }: { digest?: string | undefined; limit: number },
): Promise<Edition[]> {
  let query = db.selectFrom('editions').select(shownColumns);
  if (digest !== undefined) query = query.where('digest', '=', digest);
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
  const query = db.selectFrom('editions').select(shownColumns).where('digest', '=', digest).where('date', '=', date);
  const row = await query.executeTakeFirst();
  return row && editionIn(row);
}

/** With its counts; undefined also for one that cannot be read, which is reported. */
export async function countedEdition(
  db: Executor,
  digest: string,
  date: DateText,
): Promise<CountedEdition | undefined> {
  const rows = db.selectFrom('editions').selectAll().where('digest', '=', digest).where('date', '=', date);
  return readEach(await rows.execute(), (row) => {
    return { ...editionIn(row), tally: codecs.editions.tally.decode(row.tally, `${digest} ${date}`) };
  })[0];
}

/** All that is shown of an edition: its tally is as large again. */
const shownColumns = ['digest', 'date', 'model', 'reading', 'made_at'] as const;

function editionIn(row: Pick<EditionRow, (typeof shownColumns)[number]>): Edition {
  const { digest, date, made_at: madeAt } = row;
  const key = `${digest} ${date}`;
  const { model, reading } = codecs.editions;
  return { digest, date, model: model.decode(row.model, key), reading: reading.decode(row.reading, key), madeAt };
}

/**
 * Writes an edition with its deliveries, if the day has none and no edition was added since `after` were counted: corrections appear once.
 * `fingerprints`: of the periods whose published counts, corrections included, are now those of the ledger. False: it was not written.
 */
export async function insertEdition(
  tx: Executor,
  edition: CountedEdition,
  { targets, after, fingerprints }: { targets: readonly Target[]; after: number; fingerprints: Fingerprints },
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
      reading: edition.reading && codec.reading.encode(edition.reading),
      made_at: madeAt,
      summary: codec.summary.encode({ posts: totals.posts, cables: totals.cables, corrects }),
    })
    .onConflict((conflict) => conflict.columns(['digest', 'date']).doNothing())
    .executeTakeFirst();
  if ((inserted.numInsertedOrUpdatedRows ?? 0n) === 0n) return false;
  await writeFingerprints(tx, digest, fingerprints);
  await addDeliveries(tx, { digest, date, targets, now: madeAt });
  return true;
}

export async function countEditions(db: Executor, digest: string): Promise<number> {
  return await countRows(db, db.selectFrom('editions').select('date').where('digest', '=', digest));
}
