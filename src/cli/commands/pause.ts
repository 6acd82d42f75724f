import { Command, Option } from 'commander';
import { openLedger, readLedger } from '../../app/open-ledger.ts';
import { pauseFile } from '../../app/pause-file.ts';
import { type LedgerConfig, readLedgerConfig } from '../../config/ledger-config.ts';
import { unknownName } from '../../config/suggest.ts';
import { UsageError } from '../../core/errors.ts';
import { pauses, type PauseScope } from '../../ledger/accounts/accounts.ts';
import { pauseScopes, pauseSending, resumeSending } from '../../operations/pause-sending.ts';
import { type Output, onLine } from '../lib/output.ts';

interface ScopeOptions {
  readonly platform?: string;
  readonly account?: string;
  readonly reason?: string;
}

export function pauseCommand(output: Output): Command {
  return scoped(new Command('pause'))
    .option('--reason <text>', 'note for the audit log')
    .option('--list', 'list the pauses without changing anything')
    .addHelpText('after', pauseHelp)
    .action(async (options: ScopeOptions & { list?: true }, self: Command) => {
      const config = readLedgerConfig(self.optsWithGlobals());
      if (options.list === true) return await list(config, output);
      const scope = scopeOf(options, config);
      await using ledger = await openLedger(config);
      await pauseSending(ledger, { scope, reason: options.reason ?? 'by the operator' });
      output.line(`${inWords(scope)} paused. To continue: pilcrow resume${flags(options)}`);
    });
}

export function resumeCommand(output: Output): Command {
  return scoped(new Command('resume')).action(async (options: ScopeOptions, self: Command) => {
    const config = readLedgerConfig(self.optsWithGlobals());
    const scope = scopeOf(options, config);
    await using ledger = await openLedger(config);
    if (!(await resumeSending(ledger, { scope })))
      throw new UsageError(`${inWords(scope)} not paused; \`pilcrow pause --list\` shows what is`);
    output.line(`${inWords(scope)} no longer paused; a running bot continues now.`);
  });
}

const pauseHelp = `
The bot still reads and resolves posts, and finishes a request that is in progress.

Examples:
  pilcrow pause --reason 'wrong links'       everything
  pilcrow pause --platform mastodon          every account there
  pilcrow pause --account log                one publisher, by its name

In an emergency create a file PAUSE in the data folder: while it exists, nothing is sent.`;

function scoped(command: Command): Command {
  return command
    .addOption(new Option('--platform <id>', 'only this platform').conflicts('account'))
    .addOption(new Option('--account <name>', 'only this publisher of the configuration'));
}

/** Errors: UsageError for a platform or account that is not configured. */
function scopeOf({ platform, account }: ScopeOptions, config: LedgerConfig): PauseScope {
  const [what, name] = platform === undefined ? (['account', account] as const) : (['platform', platform] as const);
  if (name === undefined) return 'all';
  const scopes = pauseScopes(config).filter((scope) => scope.startsWith(`${what}:`));
  const found = scopes.find((scope) => scope === `${what}:${name}`);
  if (found !== undefined) return found;
  const names = scopes.map((scope) => scope.slice(what.length + 1));
  throw new UsageError(unknownName(what === 'platform' ? 'platform of a publisher' : 'publisher', name, names));
}

function inWords(scope: PauseScope): string {
  return scope === 'all' ? 'everything is' : `${scope.replace(':', ' ')} is`;
}

function flags({ platform, account }: ScopeOptions): string {
  if (platform !== undefined) return ` --platform ${platform}`;
  return account === undefined ? '' : ` --account ${account}`;
}

async function list(config: LedgerConfig, output: Output): Promise<void> {
  await using ledger = await readLedger(config);
  const found = ledger === undefined ? [] : await pauses(ledger.db);
  for (const { scope, reason, since } of found)
    output.line(`${scope}  since ${new Date(since).toISOString()}: ${onLine(reason)}`);
  if (found.length === 0) output.line(`Nothing is paused. (Emergency file: ${pauseFile(config)})`);
}
