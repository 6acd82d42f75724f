import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { readConfig } from '../../config/read.ts';
import { deliverFiles, rendered, targetNamed, targetsOf } from '../../operations/digest-delivery.ts';
import {
  buildDigest,
  digestNamed,
  type DigestPlan,
  issuedDigest,
  lastClosedDay,
} from '../../operations/digest-editions.ts';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import type { Config } from '../../config/config.ts';
import { type DigestFormat, digestFormats } from '../../core/digest.ts';
import { UsageError } from '../../core/errors.ts';
import { type DateText, isDate, isTimezone } from '../../core/zone.ts';
import { recordAudit } from '../../ledger/operators/audit-log.ts';
import {
  addDeliveries,
  deliveriesOf,
  firstDay,
  insertEdition,
  editions,
  type Target,
} from '../../ledger/digests/editions.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { limitOf } from '../lib/limit-option.ts';
import { auditEntryOf } from '../../operations/audit-entry.ts';
import { type Output, plain } from '../lib/output.ts';

interface Asked {
  readonly name?: string;
  readonly date?: string;
  readonly timezone?: string;
  readonly format?: DigestFormat;
  readonly preview?: true;
  readonly to?: string;
}

export function digestCommand(output: Output): Command {
  const command = new Command('digest')
    .description('the digest of a day: the cited cables, where they were cited, and what the bot did')
    .option('--name <digest>', 'a digest of the configuration; not needed if there is only one')
    .option('--date <day>', 'YYYY-MM-DD in the time zone of the digest (default: yesterday)')
    .option('--preview', 'print it without changing anything, even if the day is not over')
    .addOption(new Option('--format <format>', 'format of the output').choices(digestFormats))
    .option('--timezone <zone>', 'with --preview: use the days of another time zone')
    .option('--to <target>', 'deliver the edition, again if necessary, to a folder, channel, account or `files`')
    .addHelpText('after', help)
    .action(async (asked: Asked, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const plan = inTimezone(digestNamed(config, asked.name), asked);
      if (asked.preview === true) return await preview(config, plan, asked, output);
      await using ledger = await openLedger(config);
      const date = dayOf(asked, plan, await ledger.now());
      const target = asked.to === undefined ? undefined : targetNamed(config, asked.to);
      if (asked.to !== undefined && target === undefined)
        return await write(ledger, config, { plan, date, asked, folder: asked.to }, output);
      await makeOrSend(ledger, config, { plan, date, target }, output);
    });
  command
    .command('list')
    .description('list the editions and their deliveries')
    .option('--json', 'one JSON object a line')
    .option('--limit <n>', 'how many', '50')
    .action(async ({ json, limit }: { json?: true; limit: string }, self: Command) => {
      await list(readConfig(self.optsWithGlobals()), { json, limit: limitOf(limit) }, output);
    });
  return command;
}

const help = `
A running bot makes the edition of each day once, after its end, at the time of the digest. Later mentions become corrections in the next edition.

Examples:
  pilcrow digest --preview                       yesterday, as Markdown
  pilcrow digest --date 2026-11-24 --preview --format json
  pilcrow digest --date 2026-11-24 --to ./out    write files
  pilcrow digest --date 2026-11-24               make the edition now; a running bot delivers it
  pilcrow digest list`;

/** Errors: UsageError without --preview, because editions use the configured time zone. */
function inTimezone(plan: DigestPlan, { timezone, preview: isPreview }: Asked): DigestPlan {
  if (timezone === undefined) return plan;
  if (isPreview !== true)
    throw new UsageError('--timezone needs --preview: editions use the time zone of their digest');
  if (!isTimezone(timezone))
    throw new UsageError(`--timezone ${timezone}: expected the name of a time zone, such as Europe/Berlin`);
  return { ...plan, timezone };
}

function dayOf({ date }: Asked, plan: DigestPlan, now: number): DateText {
  if (date === undefined) return lastClosedDay(plan, now);
  if (!isDate(date)) throw new UsageError(`--date ${date}: expected a day such as ${lastClosedDay(plan, now)}`);
  return date;
}

async function preview(config: Config, plan: DigestPlan, asked: Asked, output: Output): Promise<void> {
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
  { plan, date, asked, folder }: Job & { asked: Asked; folder: string },
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
    await ledger.transact(async (tx) => {
      await addDeliveries(tx, { digest: plan.name, date, targets: [target], now });
      await recordAudit(tx, auditEntryOf('digest send', `${plan.name} ${date}`, now, target));
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
    const isMade = await ledger.transact(async (tx) => {
      await firstDay(tx, plan.name, lastClosedDay(plan, now));
      if (!(await insertEdition(tx, made, { targets, after }))) return false;
      await recordAudit(tx, auditEntryOf('digest make', `${plan.name} ${date}`, now, targets.join(', ')));
      return true;
    });
    if (isMade) return true;
  }
}

async function list(config: Config, asked: { json: true | undefined; limit: number }, output: Output): Promise<void> {
  await using ledger = await readLedger(config);
  const made = ledger === undefined ? [] : await editions(ledger.db, { limit: asked.limit });
  for (const { digest, date, madeAt, model } of made) {
    const deliveries = await deliveriesOf(ledger!.db, digest, date);
    const { posts, cables } = model.totals;
    const shown = deliveries.map(({ target, due_at: dueAt, error }) => ({
      target,
      state: dueAt !== null ? 'waiting' : error === null ? 'delivered' : 'given up',
      error,
    }));
    const at = new Date(madeAt).toISOString();
    if (asked.json === true) output.json({ digest, date, madeAt: at, posts, cables, deliveries: shown });
    else {
      const to = shown.map(({ target, state, error }) => `${target} ${state}${error === null ? '' : ` (${error})`}`);
      output.line(plain(`${date}  ${digest}  ${posts} posts, ${cables} cables  ${to.join('; ')}`));
    }
  }
  if (made.length === 0 && asked.json !== true) output.line('No editions yet.');
}
