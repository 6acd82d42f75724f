import { resolve } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { backupLedger, copyToPostgres, readLedger } from '../../app/open-ledger.ts';
import { UsageError } from '../../core/errors.ts';
import { violations } from '../../ledger/db/ledger-check.ts';
import type { Output } from '../lib/output.ts';

export function ledgerCommand(output: Output): Command {
  const command = new Command('ledger').description('look after what the bot remembers');
  command
    .command('copy')
    .description('copy the embedded ledger of the data folder to the PostgreSQL ledger of the configuration')
    .addHelpText('after', copyHelp)
    .action(async (_options: unknown, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const counts = await copyToPostgres(config, (table, copied) => {
        if (process.stderr.isTTY) output.writeError(`\r${table} ${copied.toLocaleString('en')}   `);
      });
      if (process.stderr.isTTY) output.writeError('\r');
      for (const [table, rows] of Object.entries(counts)) output.line(`${rows.toLocaleString('en')} ${table}`);
      output.line(
        'All of it is in PostgreSQL now. Start bots with this configuration only: the old ledger does not learn what they do.',
      );
    });
  command
    .command('backup')
    .description('write a copy of the embedded ledger as it is now, beside a running bot')
    .argument('<file>', 'where to; must not be there yet')
    .addHelpText('after', backupHelp)
    .action(async (file: string, _options: unknown, self: Command) => {
      await backupLedger(readConfig(self.optsWithGlobals()), resolve(file));
      output.line(`${file} holds the ledger as it was just now.`);
    });
  command
    .command('check')
    .description('look whether all holds in the ledger that must hold; changes nothing, works beside a running bot')
    .option('--json', 'one JSON object per fault and line')
    .addHelpText('after', '\nExit code 1 when something is wrong.')
    .action(async (options: { json?: true }, self: Command) => {
      await using ledger = await readLedger(readConfig(self.optsWithGlobals()));
      if (ledger === undefined) throw new UsageError('there is no ledger yet: it is made at the first run');
      for await (const violation of violations(ledger.db)) {
        output.exitCode = 1;
        if (options.json === true) output.json({ violation });
        else output.line(violation);
      }
      if (output.exitCode === 0 && options.json !== true) output.line(`${ledger.place} is sound.`);
    });
  return command;
}

const copyHelp = `
To move a bot from one machine to several:
  1. stop it
  2. in its configuration:   ledger: { postgres: { url: { env: LEDGER_URL } } }
  3. pilcrow ledger copy
  4. start as many as you like, each with a data folder of its own

The PostgreSQL ledger must be empty. Everything is copied in one transaction: it arrives whole or not at all. The embedded ledger
stays where it is, and is not needed any more.`;

const backupHelp = `
Example, from cron:
  pilcrow ledger backup backups/ledger-$(date +%F).db

To restore one, stop the bot, delete ledger.db-wal and ledger.db-shm in the data folder, and put the file in the place of ledger.db.
What was answered since is then answered again where the platform does not drop repeats: restore only what is really lost.`;
