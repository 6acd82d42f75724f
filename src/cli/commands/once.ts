import { Command } from 'commander';
import { drain } from '../../../workers/index.ts';
import { checkRules, openApp } from '../../app.ts';
import { readConfig } from '../../config/read.ts';
import { holdLedger } from '../../app/open-ledger.ts';
import { openObserving } from '../../app/observing.ts';
import { summaryOf, watch } from '../lib/console.ts';
import type { Output } from '../lib/output.ts';
import { detailOf, logOption, type LogOptions } from '../lib/options.ts';
import { stopSignals } from '../lib/stop-signals.ts';
import { version } from '../lib/version.ts';

export function onceCommand(output: Output): Command {
  return new Command('once')
    .description('read every feed to its current end, do all due work, and exit')
    .option('--quiet', 'print errors only')
    .addOption(logOption())
    .addHelpText('after', help)
    .action(async (options: LogOptions, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      checkRules(config);
      using _lock = await holdLedger(config, (message) => output.error(`ledger: ${message}`));
      const detail = detailOf(options, config);
      const watching = watch(output, detail);
      await using observing = await openObserving(config, { ...options, console: watching.emit, version });
      using signals = stopSignals();
      await using app = await openApp(config, { emit: observing.emit, ...signals, queue: 'none' });
      watching.attach(app);
      await drain(app);
      if (watching.counts.errors > 0 || signals.stopping.aborted) output.exitCode = 1;
      const summary = `${summaryOf(watching.counts)}.`;
      if (detail === 'posts') output.line(summary);
      if (observing.json) observing.emit({ kind: 'info', what: 'bot', message: summary });
    });
}

const help = `
Example, from cron or a pipe:
  pilcrow once --quiet

Exit code 1 if a feed could not be read, work failed, or the command was stopped early; the next run does the rest.
Lines and items that are no posts are reported and skipped; they do not count as failures.`;
