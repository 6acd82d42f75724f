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
import { type DigestFormat, digestFormats } from '../../core/digest-filter.ts';
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
    .description('the digest of a day: what was cited, where, and what was done about it')
    .option('--name <digest>', 'which one of the configuration; the only one need not be named')
    .option('--date <day>', 'YYYY-MM-DD in its zone; left out: yesterday')
    .option('--preview', 'print it and change nothing; the day need not be over')
    .addOption(new Option('--format <format>', 'of what is printed or written').choices(digestFormats))
    .option('--zone <zone>', 'with --preview: days of another zone')
    .option('--to <place>', 'a folder, or a channel, account or `files` that gets the issue, again if it had it')
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
      await edition(ledger, config, { plan, date, target }, output);
    });
  command
    .command('list')
    .description('the issues that were made, and where they went')
    .option('--json', 'one JSON object a line')
    .option('--limit <n>', 'how many', '50')
    .action(async ({ json, limit }: { json?: true; limit: string }, self: Command) => {
      await list(readConfig(self.optsWithGlobals()), { json, limit: limitOf(limit) }, output);
    });
  return command;
}

const help = `
A running bot issues each day that is over, once, at the hour of the digest. Mentions that come later stand in the next issue, as corrections.

Examples:
  pilcrow digest --preview                       yesterday, as Markdown
  pilcrow digest --date 2026-11-24 --preview --format json
  pilcrow digest --date 2026-11-24 --to ./out    as files
  pilcrow digest --date 2026-11-24               issue it now, by hand; a running bot delivers it
  pilcrow digest list`;

/** Errors: UsageError: the zone of an issue is that of the configuration. */
function inTimezone(plan: DigestPlan, { timezone, preview: isPreview }: Asked): DigestPlan {
  if (timezone === undefined) return plan;
  if (isPreview !== true) throw new UsageError('--zone goes with --preview: an issue is of the days of its digest');
  if (!isTimezone(timezone))
    throw new UsageError(`--zone ${timezone}: expected the name of a time zone, such as Europe/Berlin`);
  return { ...plan, timezone };
}

function dayOf({ date }: Asked, plan: DigestPlan, now: number): DateText {
  if (date === undefined) return lastClosedDay(plan, now);
  if (!isDate(date)) throw new UsageError(`--date ${date}: expected a day such as ${lastClosedDay(plan, now)}`);
  return date;
}

async function preview(config: Config, plan: DigestPlan, asked: Asked, output: Output): Promise<void> {
  const opened = await readLedger(config);
  if (opened === undefined) throw new UsageError('there is no ledger yet: `pilcrow run` or `pilcrow once` makes one');
  await using ledger = opened;
  const now = await ledger.now();
  const { digest } = await buildDigest(ledger.db, config, plan, dayOf(asked, plan, now), now);
  output.write(await rendered(digest, asked.format ?? 'md', plan));
}

interface Job {
  readonly plan: DigestPlan;
  readonly date: DateText;
}

/** The issue, or what it would be, as files of a folder. */
async function write(
  ledger: Ledger,
  config: Config,
  { plan, date, asked, folder }: Job & { asked: Asked; folder: string },
  output: Output,
): Promise<void> {
  if (!/[./]/.test(folder)) throw new UsageError(`--to ${folder}: ${placesIn(config)}`);
  const now = await ledger.now();
  mustBeOver(plan, date, now);
  const made = await issuedDigest(ledger.db, plan, date);
  const digest = made ?? (await buildDigest(ledger.db, config, plan, date, now)).digest;
  const formats = asked.format === undefined ? plan.formats : [asked.format];
  const files = await deliverFiles({ ...plan, formats, folder: resolve(folder) }, digest, [digest]);
  for (const file of files) output.line(file);
}

function placesIn({ channels, publishers }: Config): string {
  const accounts = publishers.filter(({ mode, platform }) => mode === 'own-timeline' || platform === 'log');
  const names = ['files', ...channels.map(({ name }) => name), ...accounts.map(({ name }) => name)];
  return `expected one of ${names.join(', ')}, or a folder such as ./out`;
}

/** Errors: UsageError. */
function mustBeOver(plan: DigestPlan, date: DateText, now: number): void {
  if (date > lastClosedDay(plan, now))
    throw new UsageError(`${date} is not over in ${plan.timezone}: --preview shows what is known by now`);
}

/** Issues a day by hand, or sends its issue somewhere again. */
async function edition(
  ledger: Ledger,
  config: Config,
  { plan, date, target }: Job & { target: Target | undefined },
  output: Output,
): Promise<void> {
  const now = await ledger.now();
  mustBeOver(plan, date, now);
  const targets = [...new Set([...targetsOf(plan), ...(target === undefined ? [] : [target])])];
  const isNew = await issueByHand(ledger, config, { plan, date, targets });
  if (!isNew && target === undefined)
    throw new UsageError(`${plan.name} has its issue of ${date} already: --to NAME sends it somewhere again`);
  if (!isNew && target !== undefined) {
    await ledger.transact(async (tx) => {
      await addDeliveries(tx, { digest: plan.name, date, targets: [target], now });
      await recordAudit(tx, auditEntryOf('digest send', `${plan.name} ${date}`, now, target));
    });
  }
  const where = isNew ? targets : [target];
  output.line(`${plan.name} of ${date} goes to ${where.join(', ')}; a running bot, or \`pilcrow once\`, delivers it.`);
}

/** False: it was issued before. */
async function issueByHand(
  ledger: Ledger,
  config: Config,
  { plan, date, targets }: Job & { targets: readonly Target[] },
): Promise<boolean> {
  for (;;) {
    if ((await issuedDigest(ledger.db, plan, date)) !== undefined) return false;
    const now = await ledger.now();
    const { digest, tally, editions: after } = await buildDigest(ledger.db, config, plan, date, now);
    const model = JSON.stringify(digest);
    const made = { digest: plan.name, date, model, tally: JSON.stringify(tally), madeAt: now };
    const isMade = await ledger.transact(async (tx) => {
      await firstDay(tx, plan.name, lastClosedDay(plan, now));
      if (!(await insertEdition(tx, made, { targets, after }))) return false;
      await recordAudit(tx, auditEntryOf('digest issue', `${plan.name} ${date}`, now, targets.join(', ')));
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
    const { posts, cables } = (JSON.parse(model) as { totals: { posts: number; cables: number } }).totals;
    const places = deliveries.map(({ target, due_at: dueAt, error }) => ({
      target,
      state: dueAt !== null ? 'waits' : error === null ? 'out' : 'given up',
      error,
    }));
    const issuedAt = new Date(madeAt).toISOString();
    if (asked.json === true) output.json({ digest, date, issuedAt, posts, cables, deliveries: places });
    else {
      const to = places.map(({ target, state, error }) => `${target} ${state}${error === null ? '' : ` (${error})`}`);
      output.line(plain(`${date}  ${digest}  ${posts} posts, ${cables} cables  ${to.join('; ')}`));
    }
  }
  if (made.length === 0 && asked.json !== true) output.line('No digest was issued yet.');
}
