import { resolve } from 'node:path';
import { Command } from 'commander';
import { backupLedger, copyToPostgres, readLedger } from '../../app/open-ledger.ts';
import { readLedgerConfig } from '../../config/ledger-config.ts';
import { UsageError } from '../../core/errors.ts';
import { violations } from '../../ledger/db/ledger-check.ts';
import type { Output } from '../lib/output.ts';

export function ledgerCommand(output: Output): Command {
  const command = new Command('ledger').description('copy, back up, restore and check the ledger');
  command
    .command('copy')
    .description('copy the embedded ledger of the data folder to the configured PostgreSQL ledger')
    .addHelpText('after', copyHelp)
    .action(async (_options: unknown, self: Command) => {
      const config = readLedgerConfig(self.optsWithGlobals());
      const counts = await copyToPostgres(config, (table, copied) => {
        if (process.stderr.isTTY) output.writeError(`\r${table} ${copied.toLocaleString('en')}   `);
      });
      if (process.stderr.isTTY) output.writeError('\r');
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
      await backupLedger(readLedgerConfig(self.optsWithGlobals()), resolve(file));
      output.line(`${file} holds a copy of the ledger.`);
    });
  addRestore(command, output);
  command
    .command('check')
    .description('check the invariants of the ledger; changes nothing, works while the bot runs')
    .option('--json', 'one JSON object per fault and line')
    .addHelpText('after', '\nExit code 1 if an invariant is violated.')
    .action(async (options: { json?: true }, self: Command) => {
      await using ledger = await readLedger(readLedgerConfig(self.optsWithGlobals()));
      if (ledger === undefined) throw new UsageError('there is no ledger yet: the first run creates it');
      for await (const violation of violations(ledger.db)) {
        output.exitCode = 1;
        if (options.json === true) output.json({ violation });
        else output.line(violation);
      }
      if (output.exitCode === 0 && options.json !== true) output.line(`${ledger.place}: no errors.`);
    });
  return command;
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
