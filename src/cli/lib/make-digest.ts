import { resolve } from 'node:path';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/read.ts';
import type { DigestFormat } from '../../core/digest.ts';
import { UsageError } from '../../core/errors.ts';
import { type DateText, isDate, isTimezone } from '../../core/zone.ts';
import { addDeliveries, firstDay, insertEdition, type Target } from '../../ledger/digests/editions.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { audited } from '../../operations/audit-entry.ts';
import { deliverFiles, rendered, targetNamed, targetsOf } from '../../operations/digest-delivery.ts';
import {
  buildDigest,
  digestNamed,
  type DigestPlan,
  issuedDigest,
  lastClosedDay,
} from '../../operations/digest-editions.ts';
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

/** `pilcrow digest`: prints, writes, makes or sends the digest of a day. */
export async function makeDigest(options: { config: string }, asked: AskedDigest, output: Output): Promise<void> {
  const config = readConfig(options);
  const plan = inTimezone(digestNamed(config, asked.name), asked);
  if (asked.preview === true) return await preview(config, plan, asked, output);
  await using ledger = await openLedger(config);
  const date = dayOf(asked, plan, await ledger.now());
  const target = asked.to === undefined ? undefined : targetNamed(config, asked.to);
  if (asked.to !== undefined && target === undefined)
    return await write(ledger, config, { plan, date, asked, folder: asked.to }, output);
  await makeOrSend(ledger, config, { plan, date, target }, output);
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
  if (date === undefined) return lastClosedDay(plan, now);
  if (!isDate(date)) throw new UsageError(`--date ${date}: expected a day such as ${lastClosedDay(plan, now)}`);
  return date;
}

async function preview(config: Config, plan: DigestPlan, asked: AskedDigest, output: Output): Promise<void> {
  const opened = await readLedger(config);
  if (opened === undefined) throw new UsageError('there is no ledger yet: the first run creates it');
  await using ledger = opened;
  const now = await ledger.now();
  const { digest } = await buildDigest(ledger.db, config, plan, dayOf(asked, plan, now), now);
  output.write(await rendered(digest, asked.format ?? 'md', plan));
}

interface Job {
  readonly plan: DigestPlan;
  readonly date: DateText;
}

/** Writes the edition of a day to a folder; if there is none, the digest as it would be. */
async function write(
  ledger: Ledger,
  config: Config,
  { plan, date, asked, folder }: Job & { asked: AskedDigest; folder: string },
  output: Output,
): Promise<void> {
  if (!/[./]/.test(folder)) throw new UsageError(`--to ${folder}: ${targetsIn(config)}`);
  const now = await ledger.now();
  mustBeOver(plan, date, now);
  const made = await issuedDigest(ledger.db, plan, date);
  const digest = made ?? (await buildDigest(ledger.db, config, plan, date, now)).digest;
  const formats = asked.format === undefined ? plan.formats : [asked.format];
  const files = await deliverFiles({ ...plan, formats, folder: resolve(folder) }, digest, [digest]);
  for (const file of files) output.line(file);
}

function targetsIn({ channels, publishers }: Config): string {
  const accounts = publishers.filter(({ mode, platform }) => mode === 'own-timeline' || platform === 'log');
  const names = ['files', ...channels.map(({ name }) => name), ...accounts.map(({ name }) => name)];
  return `expected one of ${names.join(', ')}, or a folder such as ./out`;
}

/** Errors: UsageError. */
function mustBeOver(plan: DigestPlan, date: DateText, now: number): void {
  if (date > lastClosedDay(plan, now))
    throw new UsageError(`${date} is not over in ${plan.timezone}: --preview shows the digest up to now`);
}

/** Makes the edition of a day, or sends an existing one to a target again. */
async function makeOrSend(
  ledger: Ledger,
  config: Config,
  { plan, date, target }: Job & { target: Target | undefined },
  output: Output,
): Promise<void> {
  const now = await ledger.now();
  mustBeOver(plan, date, now);
  const targets = [...new Set([...targetsOf(plan), ...(target === undefined ? [] : [target])])];
  const isNew = await makeEdition(ledger, config, { plan, date, targets });
  if (!isNew && target === undefined)
    throw new UsageError(`${plan.name} already has its edition of ${date}: --to NAME sends it again`);
  if (!isNew && target !== undefined) {
    const entry = { action: 'digest send', target: `${plan.name} ${date}`, note: target };
    await audited(ledger, entry, async (tx) => {
      await addDeliveries(tx, { digest: plan.name, date, targets: [target], now });
      return true;
    });
  }
  const where = isNew ? targets : [target];
  output.line(`${plan.name} of ${date} goes to ${where.join(', ')}; a running bot, or \`pilcrow once\`, delivers it.`);
}

/** False: the edition exists. */
async function makeEdition(
  ledger: Ledger,
  config: Config,
  { plan, date, targets }: Job & { targets: readonly Target[] },
): Promise<boolean> {
  for (;;) {
    if ((await issuedDigest(ledger.db, plan, date)) !== undefined) return false;
    const now = await ledger.now();
    const { digest: model, tally, editions: after } = await buildDigest(ledger.db, config, plan, date, now);
    const made = { digest: plan.name, date, model, tally, madeAt: now };
    const entry = { action: 'digest make', target: `${plan.name} ${date}`, note: targets.join(', ') };
    const isMade = await audited(ledger, entry, async (tx) => {
      await firstDay(tx, plan.name, lastClosedDay(plan, now));
      return await insertEdition(tx, made, { targets, after });
    });
    if (isMade) return true;
  }
}
