import { Command } from 'commander';
import { drain } from '../../workers/index.ts';
import { openApp, readConfig } from '../app.ts';
import { holdLedger } from '../app/embedded.ts';
import { watch } from './console.ts';
import type { Output } from './output.ts';

export function onceCommand(output: Output): Command {
  return new Command('once')
    .description('read every feed to its present end, do all that is due, and exit')
    .option('--quiet', 'say only what goes wrong')
    .addHelpText('after', '\nExample, from cron or a pipe:\n  pilcrow once --quiet')
    .action(async (options: { quiet?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      using _lock = await holdLedger(config);
      const watching = watch(output, options.quiet === true ? 'troubles' : 'posts');
      const stop = new AbortController();
      const onSignal = () => stop.abort(new Error('the bot is stopping'));
      process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
      await using app = await openApp(config, {
        tell: watching.tell,
        stopping: stop.signal,
        hurry: stop.signal,
        bell: 'none',
      });
      watching.attach(app);
      await drain(app);
      const { read, cited, answered } = watching.counts;
      if (options.quiet !== true) output.line(`${read} posts read, ${cited} cite a cable, ${answered} answered.`);
    });
}
