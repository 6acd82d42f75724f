import { Command } from 'commander';
import { readSoundConfig } from '../../app/check-config.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Output } from '../lib/output.ts';

export function configCommand(output: Output): Command {
  return new Command('config').addCommand(checkCommand(output));
}

function checkCommand(output: Output): Command {
  return new Command('check')
    .description('list all mistakes in configuration, rules and templates at once; no network, changes nothing')
    .option('--json', 'one JSON object per mistake and line: file, line, column, message')
    .addHelpText('after', help)
    .action((options: { json?: true }, self: Command) => {
      try {
        const { file, feeds, publishers } = readSoundConfig(self.optsWithGlobals());
        if (options.json === true) return;
        const names = (entries: readonly { name: string }[]) => entries.map(({ name }) => name).join(', ') || 'none';
        output.line(`${file}: no mistakes found. Feeds: ${names(feeds)}. Publishers: ${names(publishers)}.`);
      } catch (error) {
        if (options.json !== true || !(error instanceof ConfigError)) throw error;
        for (const finding of error.findings) output.json(fieldsOf(finding));
        output.exitCode = 2;
      }
    });
}

const help = `
Exit code 2 if there are mistakes. Whether servers answer and accounts work: pilcrow doctor. What is odd about rules: pilcrow rules check.`;

/** Of a finding as it is printed; one that is about a whole file has no place. */
function fieldsOf(finding: string): object {
  const [, file, line, column, message] = /^(.+?):(\d+):(\d+): ([^]*)$/.exec(finding) ?? [];
  if (file === undefined) return { message: finding };
  return { file, line: Number(line), column: Number(column), message };
}
