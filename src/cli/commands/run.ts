import { Command } from 'commander';
import { startWorkers, type WorkerName, workerNames } from '../../../workers/index.ts';
import { queueFaults } from '../../app/open-queue.ts';
import { type App, checkRules, openApp } from '../../app.ts';
import { readConfig } from '../../config/read.ts';
import { holdLedger } from '../../app/open-ledger.ts';
import { openObserving } from '../../app/observing.ts';
import type { Config } from '../../config/config.ts';
import { suggestion } from '../../config/suggest.ts';
import { messageOf, UsageError } from '../../core/errors.ts';
import type { Emit } from '../../core/event.ts';
import { watch, type Watch } from '../lib/console.ts';
import { releaseMemory } from '../lib/release-memory.ts';
import { idleHint, banner } from '../lib/banner.ts';
import type { Output } from '../lib/output.ts';
import { detailOf, logOption, type LogOptions } from '../lib/log-option.ts';
import { stopSignals } from '../lib/stop-signals.ts';
import { version } from '../lib/version.ts';
import { webOf } from './web.ts';

/** This long without news the bot counts as idle, and says so once. */
const quietMs = 700;

export function runCommand(output: Output): Command {
  return new Command('run')
    .description('work until stopped: read the feeds, answer, follow up')
    .option('--quiet', 'say only what goes wrong')
    .addOption(logOption())
    .option('--no-web', 'without the operator’s page: `pilcrow web` serves it, or nobody')
    .option('--workers <names...>', `do only some of the work: ${workerNames.join(', ')}`)
    .addHelpText('after', help)
    .action(async (options: LogOptions & { workers?: string[]; web: boolean }, self: Command) => {
      const only = workerNamesOf(options.workers);
      const config = readConfig(self.optsWithGlobals());
      checkRules(config);
      using _lock = await holdLedger(config, (message) => output.error(`ledger: ${message}`));
      await checkQueue(config, output);
      if (options.workers !== undefined && config.postgres === null)
        output.error('--workers: on an embedded ledger no other process does the rest');
      const detail = detailOf(options, config);
      const watching = watch(output, detail);
      await using observing = await openObserving(config, { ...options, console: watching.emit, version });
      using signals = stopSignals();
      await using app = await openApp(config, { emit: observing.emit, ...signals });
      watching.attach(app);
      await using watched = await observing.watch(app);
      await using web = options.web ? await webOf(app) : undefined;
      if (detail === 'posts') await banner(app, output, { watch: watched.url, page: web?.url });
      if (observing.json) sayStarted(observing.emit, watched.url);
      await using _workers = startWorkers(app, only);
      using _reload = onHangUp(() => void app.rulebooks.reload());
      using _idle = detail === 'posts' ? sayWhenIdle(app, watching, output) : undefined;
      using _memory = releaseMemory();
      await signals.stopped;
      if (detail === 'posts') output.line('Stopping: what runs comes to its end…');
      if (observing.json) observing.emit({ kind: 'info', what: 'bot', message: 'stopping' });
    });
}

const help = `
The bot answers the sample posts of config/sample out of the box and writes the replies to data/replies.jsonl; nothing leaves the machine.
With a ledger in PostgreSQL several processes work side by side, each on everything or, with --workers, on some:
  pilcrow run --workers poll sweep              reads the feeds, and looks for what was left undone
  pilcrow run --workers resolve respond settle withdraw
Rules and templates are read anew when their files change, or on SIGHUP; where they are wrong or their tests fail, the last good ones stay.
It serves a page for its operator at web.listen (http://127.0.0.1:8190), unless told --no-web: docs/web.md.
Stop it with Ctrl-C or SIGTERM; kill -9 does no harm either. Other commands (replies, doctor, resolve) work beside it.`;

/** SIGHUP, by which services are told to read their configuration anew. */
function onHangUp(act: () => void): Disposable {
  process.on('SIGHUP', act);
  return { [Symbol.dispose]: () => void process.off('SIGHUP', act) };
}

/** Errors: UsageError for what is no verb. Commas may stand between them as well as blanks. */
function workerNamesOf(only: readonly string[] | undefined): readonly WorkerName[] {
  if (only === undefined) return workerNames;
  const asked = only.flatMap((word) => word.split(',')).filter(Boolean);
  const unknown = asked.find((word) => !workerNames.some((workerName) => workerName === word));
  if (unknown !== undefined || asked.length === 0) {
    const near = suggestion(unknown ?? '', workerNames);
    throw new UsageError(
      `--workers ${unknown ?? ''}: expected some of ${workerNames.join(', ')}${near && `; ${near}`}`,
    );
  }
  return workerNames.filter((workerName) => asked.includes(workerName));
}

/** Errors: UsageError where Redis must not be used as it is. One that does not answer yet is no reason not to start. */
async function checkQueue(config: Config, output: Output): Promise<void> {
  const faults = await queueFaults(config).catch((error: unknown) => {
    if (error instanceof UsageError) throw error;
    return [{ fatal: false, message: messageOf(error) }];
  });
  for (const { fatal, message } of faults) {
    if (fatal) throw new UsageError(`bell: ${message}`);
    output.error(`bell: ${message}`);
  }
}

function sayStarted(emit: Emit, url: string | undefined): void {
  const where = url === undefined ? '' : `; metrics and health at ${url}`;
  emit({ kind: 'info', what: 'bot', message: `pilcrow ${version} started${where}` });
}

function sayWhenIdle(app: App, watching: Watch, output: Output): Disposable {
  let before = -1;
  const timer = setInterval(() => {
    const { read, answered, errors } = watching.counts;
    const changes = read + answered + errors;
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
