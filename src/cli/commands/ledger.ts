import { resolve } from 'node:path';
import { Command } from 'commander';
import { backupLedger, copyToPostgres, readLedger } from '../../app/open-ledger.ts';
import { type LedgerConfig, readLedgerConfig } from '../../config/ledger-config.ts';
import { UsageError } from '../../core/errors.ts';
import { violations } from '../../ledger/db/ledger-check.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { Output } from '../lib/output.ts';
import { inMegabytes, openProgress } from '../lib/progress.ts';

export function ledgerCommand(output: Output): Command {
  const command = new Command('ledger');
  command
    .command('copy')
    .description('copy the embedded ledger of the data folder to the configured PostgreSQL ledger')
    .addHelpText('after', copyHelp)
    .action(async (_options: unknown, self: Command) => {
      const config = readLedgerConfig(self.optsWithGlobals());
      const counts = await copied(config, output);
      for (const [table, rows] of Object.entries(counts)) output.line(`${rows.toLocaleString('en')} ${table}`);
      output.line(
        'The copy is complete. From now on start bots with this configuration only: the embedded ledger is no longer updated.',
      );
    });
  command
    .command('backup')
    .description('back up the embedded ledger, even while the bot runs')
    .argument('<file>', 'target file, which must not exist')
    .addHelpText('after', backupHelp)
    .action(async (file: string, _options: unknown, self: Command) => {
      using progress = openProgress(output);
      await backupLedger(readLedgerConfig(self.optsWithGlobals()), resolve(file), (copiedBytes, bytes) =>
        progress.show(() => `${inMegabytes(copiedBytes)} of ${inMegabytes(bytes)} MB copied`),
      );
      output.line(`${file} holds a copy of the ledger.`);
    });
  addRestore(command, output);
  command
    .command('check')
    .description('check the invariants of the ledger; changes nothing, works while the bot runs')
    .option('--json', 'one JSON object per fault and line')
    .addHelpText(
      'after',
      `\nShows ${shownOfKind} rows with a fault, and counts the others. Exit code 1 if an invariant is violated.`,
    )
    .action(async (options: { json?: true }, self: Command) => {
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      if (ledger === undefined) throw new UsageError('there is no ledger yet: the first run creates it');
      await printViolations(ledger, options, output);
      if (output.exitCode === 0 && options.json !== true) output.line(`${ledger.place}: no errors.`);
    });
  return command;
}

async function copied(config: LedgerConfig, output: Output): Promise<Record<string, number>> {
  using progress = openProgress(output);
  return await copyToPostgres(config, (table, rows) =>
    progress.show(() => `${table}: ${rows.toLocaleString('en')} rows copied`),
  );
}

/** Faults of a kind that are shown; the others are counted. */
const shownOfKind = 20;

async function printViolations({ db }: LedgerReader, { json }: { json?: true }, output: Output): Promise<void> {
  const counts = new Map<string, number>();
  using progress = openProgress(output);
  const read = violations(db, (table, rows) => progress.show(() => `${table}: ${rows.toLocaleString('en')} rows read`));
  for await (const { kind, message } of read) {
    output.exitCode = 1;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count > shownOfKind) continue;
    if (json === true) output.json({ violation: message });
    else output.line(message);
  }
  for (const [kind, count] of counts) {
    const more = count - shownOfKind;
    if (more <= 0) continue;
    if (json === true) output.json({ kind, more });
    else output.line(`and ${more.toLocaleString('en')} more: ${kind}`);
  }
}

function addRestore(command: Command, output: Output): void {
  command
    .command('restore')
    .description('restore the ledger from a backup, so that nothing is answered twice')
    .argument('[file]', 'the backup, which is only read')
    .option('--external', 'only note that other tools have restored the ledger')
    .addHelpText('after', restoreHelp)
    .action(async (file: string | undefined, { external }: { external?: true }, self: Command) => {
      const { recordExternalRestore, restoreLedger } = await import('../lib/restore-ledger.ts');
      if ((file === undefined) === (external === undefined)) throw new UsageError('name a backup, or give --external');
      const config = readLedgerConfig(self.optsWithGlobals());
      if (file === undefined) await recordExternalRestore(config);
      else {
        const oldLedger = await restoreLedger(config, resolve(file));
        output.line(`The ledger is that of ${file}.`);
        if (oldLedger !== undefined) output.line(`The old one is ${oldLedger}: delete it once you do not need it.`);
      }
      output.line('Start the bot: before it answers a post from before now, it looks for its reply on the platform.');
    });
}

const copyHelp = `
To move a bot from one process to several:
  1. stop it
  2. in its configuration:   ledger: { postgres: { url: { env: LEDGER_URL } } }
  3. pilcrow ledger copy
  4. start as many as you like, each with a data folder of its own

The PostgreSQL ledger must be empty. The copy is one transaction: all or nothing. The embedded ledger stays where it is, and is no
longer used.`;

const backupHelp = `
Example, from cron:
  pilcrow ledger backup backups/ledger-$(date +%F).db

\`pilcrow ledger restore FILE\` restores one.`;

const restoreHelp = `
  1. stop the bot, and pilcrow web
  2. pilcrow ledger restore backups/ledger-2026-11-02.db
  3. start the bot

The backup is checked and brought to this version’s form first. A kill at any moment leaves the old ledger or the new one; the old one is kept
as ledger.db.replaced. For PostgreSQL the command prints how to restore with pg_restore; then run it with --external, as after any other restore of
a ledger (snapshots of a disk, point-in-time recovery).
Replies since the backup are found on the platforms. docs/operations.md says what is not: the log, mail, webhooks, opt-outs, decisions of people.`;
