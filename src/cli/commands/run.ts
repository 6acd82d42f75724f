import { Command, Option } from 'commander';
import { drain, startWorkers, type WorkerName, workerNames } from '../../../workers/index.ts';
import { queueFaults } from '../../app/open-queue.ts';
import { type App, openApp } from '../../app.ts';
import { readSoundConfig } from '../../app/check-config.ts';
import { holdLedger } from '../../app/open-ledger.ts';
import { openObserving } from '../../app/observing.ts';
import { watchConfig } from '../../app/watch-config.ts';
import type { Config } from '../../config/config.ts';
import { suggestion } from '../../config/suggest.ts';
import { UsageError } from '../../core/errors.ts';
import { summaryOf, watch, type Watch } from '../lib/console.ts';
import { idleHint, banner } from '../lib/banner.ts';
import type { Output } from '../lib/output.ts';
import { detailOf, logOption, type LogOptions } from '../lib/options.ts';
import { endsIn, stopSignals } from '../lib/stop-signals.ts';
import { version } from '../lib/version.ts';
import { pageLine, pageOf } from './web.ts';

/** After this time without new posts the bot is idle, and says so once. */
const quietMs = 700;

export function runCommand(output: Output): Command {
  return new Command('run')
    .addOption(logOption())
    .option('--no-web', 'do not serve the operator’s page; `pilcrow web` serves it without the bot')
    .option('--workers <names>', `run only these workers, separated by commas: ${workerNames.join(', ')}`)
    .addOption(new Option('--only <names...>').hideHelp().argParser(refuseOnly))
    .addHelpText('after', runHelp)
    .action(async (options: LogOptions & { workers?: string; web: boolean }, self: Command) => {
      const roles = workerNamesOf(options.workers);
      const globals = self.optsWithGlobals<{ config: string }>();
      const config = readSoundConfig(globals);
      const detail = detailOf(options, config);
      const watching = watch(output, config, detail);
      await using observing = await openObserving(config, { ...options, console: watching.emit, version });
      const note = (what: string, message: string) => observing.emit({ kind: 'info', what, message });
      using _lock = await holdLedger(config, (message) => note('ledger', message));
      await checkQueue(config, (message) => note('queue', message));
      if (options.workers !== undefined && config.ledger.postgres === undefined)
        note('--workers', 'with an embedded ledger there is no other process that could run the other workers');
      using signals = stopSignals(endsIn(output, observing.emit));
      await using app = await openApp(config, { emit: observing.emit, ...signals });
      await using watched = await observing.watch(app);
      await using web = options.web ? await pageOf(app, globals.config) : undefined;
      if (detail === 'posts') await banner(app, output, { watch: watched.url, page: web && pageLine(web, output) });
      const where = watched.url === undefined ? '' : `; metrics and health at ${watched.url}`;
      if (observing.json) observing.emit({ kind: 'info', what: 'bot', message: `pilcrow ${version} started${where}` });
      await using _workers = startWorkers(app, roles);
      using _config = watchConfig(config, observing.emit);
      using _reload = onHangUp(() => void app.rulebooks.reload().catch(() => {}));
      using _idle = detail === 'posts' ? sayWhenIdle(app, watching, output) : undefined;
      await signals.stopped;
      if (detail === 'posts') output.line('Shutting down: finishing current work…');
      if (observing.json) observing.emit({ kind: 'info', what: 'bot', message: 'stopping' });
    });
}

export function onceCommand(output: Output): Command {
  return new Command('once')
    .addOption(logOption())
    .addHelpText('after', onceHelp)
    .action(async (options: LogOptions, self: Command) => {
      const config = readSoundConfig(self.optsWithGlobals());
      const detail = detailOf(options, config);
      const watching = watch(output, config, detail);
      await using observing = await openObserving(config, { ...options, console: watching.emit, version });
      const warn = (message: string) => observing.emit({ kind: 'info', what: 'ledger', message });
      using _lock = await holdLedger(config, warn);
      using signals = stopSignals(endsIn(output, observing.emit));
      await using app = await openApp(config, { emit: observing.emit, ...signals, queue: 'none' });
      await drain(app);
      if (watching.counts.errors > 0 || signals.stopping.aborted) output.exitCode = 1;
      const summary = `${summaryOf(watching.counts)}.`;
      if (detail === 'posts') output.line(summary);
      if (observing.json) observing.emit({ kind: 'info', what: 'bot', message: summary });
    });
}

const runHelp = `
Out of the box the bot answers the sample posts of config/sample; its replies only go to data/replies.jsonl (dry run).
With a PostgreSQL ledger several processes share the work; each runs all workers, or those of --workers:
  pilcrow run --workers poll,sweep              read the feeds, and find due work
  pilcrow run --workers resolve,respond,replace,reconcile,withdraw
A changed pilcrow.yaml is reported once, and used after a restart. Rules and templates are reloaded when their files change, or on SIGHUP. If they are wrong or their tests fail, the current ones stay in use.
The operator's page is at web.listen (http://127.0.0.1:8190), unless --no-web is given: docs/web.md. Without web.users it opens by a token: a
terminal shows its address, and so does pilcrow web --url.
Stop the bot with Ctrl-C or SIGTERM; even kill -9 does no harm. Other commands (replies, doctor, resolve) work while it runs.`;

const onceHelp = `
Example, from cron or a pipe:
  pilcrow once --quiet

Exit code 1 if a feed could not be read, work failed, replies wait for a publisher that is not configured, or the command was
stopped early; the next run does the rest.
Lines and items that are no posts are reported and skipped; they do not count as failures.`;

/** Runs `reload` on SIGHUP, the usual signal to reload a configuration. */
function onHangUp(reload: () => void): Disposable {
  process.on('SIGHUP', reload);
  return { [Symbol.dispose]: () => void process.off('SIGHUP', reload) };
}

function refuseOnly(): never {
  throw new UsageError('--only is now --workers, such as --workers poll,sweep');
}

/** Errors: UsageError for an unknown name. */
function workerNamesOf(written: string | undefined): readonly WorkerName[] {
  if (written === undefined) return workerNames;
  const names = written.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !workerNames.some((workerName) => workerName === name));
  if (unknown !== undefined) {
    const near = suggestion(unknown, workerNames);
    throw new UsageError(
      `--workers ${written}: expected some of ${workerNames.join(', ')}, with commas between them${near && `; ${near}`}`,
    );
  }
  return workerNames.filter((workerName) => names.includes(workerName));
}

/** Errors: UsageError if the settings of Redis are unsafe. A Redis that cannot be used does not prevent the start. */
async function checkQueue(config: Config, warn: (message: string) => void): Promise<void> {
  for (const { fatal, message } of await queueFaults(config)) {
    if (fatal) throw new UsageError(`queue: ${message}`);
    warn(message);
  }
}

function sayWhenIdle(app: App, watching: Watch, output: Output): Disposable {
  let before = -1;
  const timer = setInterval(() => {
    const { read, sent, logged, errors } = watching.counts;
    const changes = read + sent + logged + errors;
    const reading = app.config.feeds.some(({ name }) => !watching.finished.has(name));
    if (changes !== before || (reading && errors === 0)) {
      before = changes;
      return;
    }
    clearInterval(timer);
    output.line(idleHint(app, watching.counts));
  }, quietMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
