import { Command, Option } from 'commander';
import { readConfig } from '../../config/read.ts';
import { pauseFile } from '../../app/account-limits.ts';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { pauseSending, resumeSending } from '../../operations/pause-sending.ts';
import type { Config } from '../../config/config.ts';
import { UsageError } from '../../core/errors.ts';
import { pauses, type PauseScope } from '../../ledger/accounts/pauses.ts';
import { type Output, plain } from '../lib/output.ts';

interface Asked {
  readonly platform?: string;
  readonly account?: string;
  readonly reason?: string;
}

export function pauseCommand(output: Output): Command {
  return scoped(new Command('pause'))
    .description('stop sending replies; they wait, and nothing is lost')
    .option('--reason <text>', 'why, for whoever asks later')
    .option('--list', 'show what is paused, and change nothing')
    .addHelpText('after', pauseHelp)
    .action(async (asked: Asked & { list?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      if (asked.list === true) return await list(config, output);
      const scope = scopeOf(asked, config);
      await using ledger = await openLedger(config);
      await pauseSending(ledger, { scope, reason: asked.reason ?? 'by the operator' });
      output.line(`${inWords(scope)} paused. Go on with: pilcrow resume${flags(asked)}`);
    });
}

export function resumeCommand(output: Output): Command {
  return scoped(new Command('resume'))
    .description('send replies again; what was held back goes out now')
    .action(async (asked: Asked, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const scope = scopeOf(asked, config);
      await using ledger = await openLedger(config);
      if (!(await resumeSending(ledger, { scope })))
        throw new UsageError(`${inWords(scope)} not paused; \`pilcrow pause --list\` shows what is`);
      output.line(`${inWords(scope)} no longer paused; a running bot goes on now.`);
    });
}

const pauseHelp = `
Reading and resolving go on; a request that is under way comes to its end.

Examples:
  pilcrow pause --reason 'wrong links'       everything
  pilcrow pause --platform mastodon          every account there
  pilcrow pause --account log                one publisher, by its name

When nothing else works, make a file PAUSE in the data folder: as long as it is there, nothing is sent.`;

function scoped(command: Command): Command {
  return command
    .addOption(new Option('--platform <id>', 'only this platform').conflicts('account'))
    .addOption(new Option('--account <name>', 'only this publisher of the configuration'));
}

/** Errors: UsageError for a platform or account that is not configured. */
function scopeOf({ platform, account }: Asked, { publishers }: Config): PauseScope {
  if (platform !== undefined) {
    known('platform', platform, [...new Set(publishers.map((each) => each.platform))]);
    return `platform:${platform}`;
  }
  if (account === undefined) return 'all';
  known(
    'account',
    account,
    publishers.map(({ name }) => name),
  );
  return `account:${account}`;
}

function known(what: string, name: string, names: readonly string[]): void {
  if (!names.includes(name))
    throw new UsageError(`no publisher is configured for ${what} ${name}; there are: ${names.join(', ') || 'none'}`);
}

function inWords(scope: PauseScope): string {
  return scope === 'all' ? 'everything is' : `${scope.replace(':', ' ')} is`;
}

function flags({ platform, account }: Asked): string {
  if (platform !== undefined) return ` --platform ${platform}`;
  return account === undefined ? '' : ` --account ${account}`;
}

async function list(config: Config, output: Output): Promise<void> {
  const ledger = await readLedger(config);
  const found = ledger === undefined ? [] : await pauses(ledger.db);
  await ledger?.[Symbol.asyncDispose]();
  for (const { scope, reason, since } of found)
    output.line(`${scope}  since ${new Date(since).toISOString()}: ${plain(reason)}`);
  if (found.length === 0) output.line(`Nothing is paused. (The file for emergencies would be ${pauseFile(config)}.)`);
}
