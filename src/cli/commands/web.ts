import { constants, getPriority, setPriority } from 'node:os';
import { Command } from 'commander';
import { openCables } from '../../app/open-cables.ts';
import { openDrivers } from '../../app/open-drivers.ts';
import { openLedger } from '../../app/open-ledger.ts';
import { openObserving } from '../../app/observing.ts';
import type { App } from '../../app.ts';
import { readConfig } from '../../config/read.ts';
import { systemClock } from '../../core/clock.ts';
import { UsageError } from '../../core/errors.ts';
import type { WebServer } from '../../web/server.ts';
import { sweep } from '../../../workers/sweep.ts';
import { watch } from '../lib/console.ts';
import { logOption, type LogOptions } from '../lib/log-option.ts';
import type { Output } from '../lib/output.ts';
import { stopSignals } from '../lib/stop-signals.ts';
import { version } from '../lib/version.ts';

/** Loaded only where it is served: the start of everything else stays lean. */
const server = () => import('../../web/server.ts');

export function webCommand(output: Output): Command {
  return new Command('web')
    .description('the operator’s page in a process of its own; works beside a running bot')
    .addOption(logOption())
    .addHelpText('after', help)
    .action(async (options: LogOptions, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      if (config.web.listen === null)
        throw new UsageError(`${config.file}: \`web.listen\` is null: it names no address`);
      // Readers of pages can wait for a moment, answers of the bot on the same machine shall not. Not the lowest: it is also what pauses a bot.
      setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
      const { emit: console } = watch(output, 'troubles');
      await using observing = await openObserving(config, { ...options, console, version });
      using signals = stopSignals();
      const cables = await openCables(config, (message) =>
        observing.emit({ kind: 'info', what: 'documents', message }),
      );
      await using ledger = await openLedger(config);
      const { emit } = observing;
      await using drivers = openDrivers(config, { emit, clock: systemClock, ledger });
      const limits = async (name: string) => (await drivers.publisher(name))?.limits;
      const { openWeb } = await server();
      await using web = await openWeb({ config, ledger, cables, version, limits, emit, nudge: () => {} });
      if (observing.json) observing.emit({ kind: 'info', what: 'web', message: `the page is at ${web.url}` });
      else output.line(`The page is at ${web.url} until you stop this with Ctrl-C.`);
      await signals.stopped;
    });
}

const help = `
It shows and does what the other commands do: explanations of posts, held replies, rules and their backtest, dead letters, pauses.
On the loopback (web.listen: 127.0.0.1:8190) it needs no login. Anywhere else it does: docs/web.md.
\`pilcrow run\` serves it as well, unless told --no-web.`;

/** The page of a bot, in its own process. An address that is taken stops nobody: then there is no page, and `emit` says so. */
export async function webOf(app: App): Promise<(WebServer & AsyncDisposable) | undefined> {
  const { config, ledger, cables, emit } = app;
  if (config.web.listen === null) return undefined;
  const { ListenError, openWeb } = await server();
  const nudge = () => void sweep(app).catch(() => {});
  const limits = async (name: string) => (await app.publisher(name))?.limits;
  try {
    return await openWeb({ config, ledger, cables, version, limits, emit, nudge });
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    emit({ kind: 'info', what: 'web', message: `${error.message}; the bot works without its page` });
    return undefined;
  }
}
