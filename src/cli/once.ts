import { Command } from 'commander';
import { drain } from '../../workers/index.ts';
import { checkRules, openApp, readConfig } from '../app.ts';
import { holdLedger } from '../app/ledger.ts';
import { watch } from './console.ts';
import type { Output } from './output.ts';
import { stopSignals } from './stop-signals.ts';

export function onceCommand(output: Output): Command {
  return new Command('once')
    .description('read every feed to its present end, do all that is due, and exit')
    .option('--quiet', 'say only what goes wrong')
    .addHelpText('after', help)
    .action(async (options: { quiet?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      checkRules(config);
      using _lock = await holdLedger(config, (message) => output.error(`ledger: ${message}`));
      const watching = watch(output, options.quiet === true ? 'troubles' : 'posts');
      using signals = stopSignals();
      await using app = await openApp(config, { tell: watching.tell, ...signals, bell: 'none' });
      watching.attach(app);
      await drain(app);
      const { read, cited, answered, troubles } = watching.counts;
      if (troubles > 0 || signals.stopping.aborted) output.exitCode = 1;
      if (options.quiet !== true) output.line(`${read} posts read, ${cited} cite a cable, ${answered} answered.`);
    });
}

const help = `
Example, from cron or a pipe:
  pilcrow once --quiet

Exit code 1 when a feed could not be read, something could not be done, or it was stopped early; what is left is done by the next one.
Lines and items that are no posts are told of and passed over; they are no failure.`;
