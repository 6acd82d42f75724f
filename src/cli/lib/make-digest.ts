import { resolve } from 'node:path';
import { type Cables, openCables } from '../../app/open-cables.ts';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import type { Config, DigestPlan } from '../../config/config.ts';
import { readConfig } from '../../config/read.ts';
import { unknownName } from '../../config/suggest.ts';
import { UsageError } from '../../core/errors.ts';
import { type DateText, isDate, isTimezone } from '../../core/zone.ts';
import { lastClosed, periodOf } from '../../digest/period.ts';
import { writeFiles } from '../../digest/deliver.ts';
import { type DigestFormat, formats } from '../../digest/render/index.ts';
import { addDeliveries } from '../../ledger/digests/deliveries.ts';
import { editionOf, firstDay } from '../../ledger/digests/editions.ts';
import type { Target } from '../../ledger/db/schema.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { audited } from '../../operations/audit-entry.ts';
import { buildDigest, writeEdition, withReadingOf } from '../../operations/digests/build-digest.ts';
import { allTargets, digestNamed } from '../../operations/digests/digest-editions.ts';
import { firstPeriod, targetsOf } from '../../operations/digests/digest-editions.ts';
import type { Output } from './output.ts';

/** The options of `pilcrow digest`. */
export interface AskedDigest {
  readonly name?: string;
  readonly date?: string;
  readonly timezone?: string;
  readonly format?: DigestFormat;
  readonly preview?: true;
  readonly to?: string;
}

/** `pilcrow digest`: prints, writes, makes or sends the digest of a day or week. */
export async function makeDigest(options: { config: string }, asked: AskedDigest, output: Output): Promise<void> {
  const config = readConfig(options);
  const plan = inTimezone(digestNamed(config, asked.name), asked);
  if (asked.preview === true) return await preview(config, plan, asked, output);
  await using ledger = await openLedger(config);
  using cables = await openCables(config, (message) => output.error(message));
  const now = await ledger.now();
  const job = { ledger, cables, config, plan, date: dayOf(asked, plan, now) };
  const target = allTargets(config).find((one) => nameOf(one) === asked.to);
  if (asked.to !== undefined && target === undefined && !/[./]/.test(asked.to)) {
    const unknown = unknownName('target', asked.to, allTargets(config).map(nameOf));
    throw new UsageError(`${unknown}. A folder is written with a slash: ./${asked.to}`);
  }
  if (job.date > lastClosed(plan, now))
    throw new UsageError(
      `${plan.period === 'week' ? 'the week from ' : ''}${job.date} is not over in ${plan.timezone}: --preview shows the digest up to now`,
    );
  if (asked.to === undefined || target !== undefined) return await makeOrSend(job, target, output);
  for (const file of await write(job, asked.to, asked.format)) output.line(file);
}

interface Job {
  readonly ledger: Ledger;
  readonly cables: Cables;
  readonly config: Config;
  readonly plan: DigestPlan;
  readonly date: DateText;
}

/** As people write it: `files`, or the name of a channel or account. */
function nameOf(target: Target): string {
  return target.replace(/^(?:channel|account) /, '');
}

/** Errors: UsageError without --preview, because editions use the configured time zone. */
function inTimezone(plan: DigestPlan, { timezone, preview: isPreview }: AskedDigest): DigestPlan {
  if (timezone === undefined) return plan;
  if (isPreview !== true)
    throw new UsageError('--timezone needs --preview: editions use the time zone of their digest');
  if (!isTimezone(timezone))
    throw new UsageError(`--timezone ${timezone}: expected the name of a time zone, such as Europe/Berlin`);
  return { ...plan, timezone };
}

function dayOf({ date }: AskedDigest, plan: DigestPlan, now: number): DateText {
  if (date === undefined) return lastClosed(plan, now);
  if (!isDate(date)) throw new UsageError(`--date ${date}: expected a day such as ${lastClosed(plan, now)}`);
  return periodOf(date, plan);
}

async function preview(config: Config, plan: DigestPlan, asked: AskedDigest, output: Output): Promise<void> {
  const opened = await readLedger(config);
  if (opened === undefined) throw new UsageError('there is no ledger yet: the first run creates it');
  await using ledger = opened;
  const now = await ledger.now();
  using cables = await openCables(config, (message) => output.error(message));
  const sources = { db: ledger.db, config, corpus: cables.corpus };
  const built = await buildDigest(sources, plan, dayOf(asked, plan, now), now);
  output.write(await formats[asked.format ?? 'md'].render([withReadingOf(built, plan)], plan.link));
}

/** Writes the edition of a day to a folder; if there is none, the digest as it would be. Returns the files. */
async function write(
  { ledger, cables, config, plan, date }: Job,
  folder: string,
  format?: DigestFormat,
): Promise<string[]> {
  const made = (await editionOf(ledger.db, plan.name, date))?.model;
  const digest =
    made ??
    (await buildDigest({ db: ledger.db, config, corpus: cables.corpus }, plan, date, await ledger.now())).digest;
  const used = format === undefined ? plan.formats : [format];
  return await writeFiles(digest, [digest], { path: resolve(folder), formats: used, link: plan.link });
}

/** Makes the edition of a day, or sends an existing one to a target again. */
async function makeOrSend(job: Job, target: Target | undefined, output: Output): Promise<void> {
  const { ledger, plan, date } = job;
  const targets = [...new Set([...targetsOf(plan), ...(target === undefined ? [] : [target])])];
  const isNew = await makeEdition(job, targets);
  if (!isNew && target === undefined)
    throw new UsageError(`${plan.name} already has its edition of ${date}: --to NAME sends it again`);
  if (!isNew && target !== undefined) {
    const entry = { action: 'digest send', target: `${plan.name} ${date}`, note: target };
    await audited(ledger, entry, async (tx, now) => {
      await addDeliveries(tx, { digest: plan.name, date, targets: [target], now });
      return true;
    });
  }
  const where = isNew ? targets : [target];
  output.line(`${plan.name} of ${date} goes to ${where.join(', ')}; a running bot, or \`pilcrow once\`, delivers it.`);
}

/** False: the edition exists. */
async function makeEdition({ ledger, cables, config, plan, date }: Job, targets: readonly Target[]): Promise<boolean> {
  while ((await editionOf(ledger.db, plan.name, date)) === undefined) {
    const now = await ledger.now();
    const built = await buildDigest({ db: ledger.db, config, corpus: cables.corpus }, plan, date, now);
    const entry = { action: 'digest make', target: `${plan.name} ${date}`, note: targets.join(', ') };
    const isMade = await audited(ledger, entry, async (tx) => {
      await firstDay(tx, plan.name, await firstPeriod(tx, plan, now));
      return await writeEdition(tx, built, { targets, now });
    });
    if (isMade) return true;
  }
  return false;
}
