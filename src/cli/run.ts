import { Command } from 'commander';
import { startWorkers } from '../../workers/index.ts';
import { type App, checkRules, openApp, readConfig } from '../app.ts';
import { holdLedger } from '../app/ledger.ts';
import { openObserving } from '../app/observing.ts';
import type { Tell } from '../core/event.ts';
import { watch, type Watch } from './console.ts';
import { idleHint, greeting } from './greeting.ts';
import type { Output } from './output.ts';
import { detailOf, logOption, type LogOptions } from './log-option.ts';
import { stopSignals } from './stop-signals.ts';
import { version } from './version.ts';

/** This long without news the bot counts as idle, and says so once. */
const quietMs = 700;

export function runCommand(output: Output): Command {
  return new Command('run')
    .description('work until stopped: read the feeds, answer, follow up')
    .option('--quiet', 'say only what goes wrong')
    .addOption(logOption())
    .addHelpText('after', help)
    .action(async (options: LogOptions, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      checkRules(config);
      using _lock = await holdLedger(config, (message) => output.error(`ledger: ${message}`));
      const detail = detailOf(options, config);
      const watching = watch(output, detail);
      await using observing = await openObserving(config, { ...options, console: watching.tell, version });
      using signals = stopSignals();
      await using app = await openApp(config, { tell: observing.tell, ...signals });
      watching.attach(app);
      await using watched = await observing.watch(app);
      if (detail === 'posts') await greeting(app, output, watched.url);
      if (observing.json) sayStarted(observing.tell, watched.url);
      await using _workers = startWorkers(app);
      using _idle = detail === 'posts' ? sayWhenIdle(app, watching, output) : undefined;
      await signals.stopped;
      if (detail === 'posts') output.line('Stopping: what runs comes to its end…');
      if (observing.json) observing.tell({ kind: 'notice', what: 'bot', message: 'stopping' });
    });
}

const help = `
The bot answers the sample posts of config/sample out of the box and writes the replies to data/replies.jsonl; nothing leaves the machine.
Stop it with Ctrl-C or SIGTERM; kill -9 does no harm either. Other commands (replies, doctor, resolve) work beside it.`;

function sayStarted(tell: Tell, url: string | undefined): void {
  const where = url === undefined ? '' : `; metrics and health at ${url}`;
  tell({ kind: 'notice', what: 'bot', message: `pilcrow ${version} started${where}` });
}

function sayWhenIdle(app: App, watching: Watch, output: Output): Disposable {
  let before = -1;
  const timer = setInterval(() => {
    const { read, answered, troubles } = watching.counts;
    const news = read + answered + troubles;
    const reading = [...app.feeds.keys()].some((name) => !watching.finished.has(name));
    if (news !== before || (reading && troubles === 0)) {
      before = news;
      return;
    }
    clearInterval(timer);
    output.line(idleHint(app, watching.counts));
  }, quietMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
