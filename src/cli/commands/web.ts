import { constants, getPriority, setPriority } from 'node:os';
import { Command, Option } from 'commander';
import { openCables } from '../../app/open-cables.ts';
import { ledgerKnowledge } from '../../app/link-knowledge.ts';
import { openDrivers } from '../../app/open-drivers.ts';
import { openLedger } from '../../app/open-ledger.ts';
import { openObserving } from '../../app/observing.ts';
import type { App } from '../../app.ts';
import type { Config } from '../../config/config.ts';
import { readConfig } from '../../config/read.ts';
import { systemClock } from '../../core/clock.ts';
import { UsageError } from '../../core/errors.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type Address, ListenError } from '../../web/address.ts';
import { botOfPage, openDoor, takeDoor } from '../../web/door.ts';
import { sweep } from '../../../workers/sweep.ts';
import { watch } from '../lib/console.ts';
import { logOption, type LogOptions } from '../lib/options.ts';
import type { Output } from '../lib/output.ts';
import { endsIn, stopSignals } from '../lib/stop-signals.ts';
import { version } from '../lib/version.ts';

export function webCommand(output: Output): Command {
  return new Command('web')
    .option('--url', 'only print the address that opens the page, with its token where there is one')
    .option('--end-sessions', 'only log everybody out of the page, and replace its token')
    .addOption(logOption())
    .addOption(new Option('--of-bot').hideHelp())
    .addHelpText('after', help)
    .action(async (options: LogOptions & { url?: true; endSessions?: true; ofBot?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      if (options.endSessions === true) return await endSessions(config, output);
      if (config.web.listen === null)
        throw new UsageError(`${config.file}: \`web.listen\` is null, so there is no address`);
      if (options.url === true) return output.line(await addressOf(config));
      // The bot on the same machine comes first; not the lowest priority, because this page also pauses the bot.
      setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
      // Without a bot at the other end nobody would ever hand over an address.
      const bot = options.ofBot === true && process.connected ? botOfPage : undefined;
      const { emit: console } = watch(output, config, 'errors');
      await using observing = await openObserving(config, { ...options, console: bot?.emit ?? console, version });
      using signals = stopSignals(endsIn(output, observing.emit));
      const { emit } = observing;
      await using ledger = await openLedger(config);
      const warn = (message: string) => emit({ kind: 'info', what: 'documents', message });
      const cables = await openCables(config, warn, ledgerKnowledge(config.links, ledger.db));
      await using drivers = openDrivers(config, { emit, clock: systemClock, ledger });
      const limits = async (name: string) => (await drivers.publisher(name))?.limits;
      const { openWeb } = await import('../../web/server.ts');
      const nudge = bot?.nudge ?? (() => {});
      const door = bot && (await takeDoor());
      await using web = await openWeb({ config, ledger, cables, version, limits, emit, nudge }, { door });
      if (observing.json) emit({ kind: 'info', what: 'web', message: `the page is at ${web.url}` });
      else if (door === undefined)
        output.line(`The page is at ${pageLine(web, output)} until you stop this with Ctrl-C.`);
      using _watch = whileInPlace(ledger, signals.fail);
      await Promise.race([signals.stopped, ...(door === undefined ? [] : [door.closed])]);
    });
}

const help = `
The page does what the other commands do: explain posts, review replies, check and backtest rules, retry dead letters, pause.
Without web.users it opens by a token, which this command shows on a terminal only. To print the address with the token again, at any time:
  pilcrow web --url
After that the browser has a session. With web.users people log in by name: docs/web.md.
\`pilcrow run\` also serves it, unless --no-web is given.`;

const checkEveryMs = 1000;

/** What people decide must not go to a ledger that was removed or replaced. */
function whileInPlace(ledger: Pick<Ledger, 'displaced'>, fail: (reason: string) => void): Disposable {
  const timer = setInterval(() => {
    const displacement = ledger.displaced();
    if (displacement !== undefined) fail(`${displacement}: the page ends. Start it again`);
  }, checkEveryMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The address of the page; with the token for a terminal only, because other outputs are kept. */
export function pageLine({ url, entry }: Address, { terminal }: Output): string {
  if (terminal || entry === url) return entry;
  return `${url} (\`npx pilcrow web --url\` prints it with its token)`;
}

async function endSessions(config: Config, output: Output): Promise<void> {
  const { demandsToken, endAllSessions } = await import('../../web/access-token.ts');
  await using ledger = await openLedger(config);
  await endAllSessions({ config, ledger });
  const next = demandsToken(config.web)
    ? 'the token is replaced: pilcrow web --url prints the new address'
    : 'everybody must log in again';
  output.line(`All sessions are ended; ${next}.`);
}

/** Errors: UsageError if nobody but the running bot knows the port. */
async function addressOf(config: Config): Promise<string> {
  const { siteOriginOf } = await import('../../web/site-origin.ts');
  const { entryOf } = await import('../../web/access-token.ts');
  const { web, file } = config;
  const port = Number(/\d+$/.exec(web.listen ?? '')?.[0]);
  if (port === 0 && web.publicUrl === undefined)
    throw new UsageError(
      `${file}: \`web.listen\` has port 0, any free one: name a port, or look at what the bot prints`,
    );
  return entryOf(siteOriginOf(web, port).url, config);
}

/** The page of a bot. If the address is in use there is none, and `emit` reports it. */
export async function pageOf(app: App, config: string): Promise<(Address & AsyncDisposable) | undefined> {
  if (app.config.web.listen === null) return undefined;
  const nudge = () => void sweep(app).catch(() => {});
  try {
    return await openDoor(['--config', config, 'web', '--of-bot', '--log', 'text'], { ...app, nudge });
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    app.emit({ kind: 'info', what: 'web', message: `${error.message}; the bot runs without its page` });
    return undefined;
  }
}
