import { Command, CommanderError, type OutputConfiguration } from 'commander';
import { commandTable } from './cli/command-table.ts';
import { addVerbosity, configOption, obeyVerbosity } from './cli/lib/options.ts';
import { openOutput, type Output } from './cli/lib/output.ts';
import { version } from './cli/lib/version.ts';
import { ConfigError, messageOf, UsageError } from './core/errors.ts';

/** Runs one command. Resolves to the exit code: 0 success, 1 failure, 2 wrong usage or configuration. */
export async function main(argv: readonly string[], output: Output = openOutput()): Promise<number> {
  const streams = {
    writeOut: (text: string) => output.write(text),
    writeErr: (text: string) => output.writeError(text),
  };
  const program = new Command('pilcrow')
    .description(
      'Monitors #cablegate: finds cable IDs in posts, resolves them to cable and paragraph, and replies with the link.',
    )
    .version(version)
    .addOption(configOption())
    .exitOverride()
    .configureOutput(streams)
    // Commands that are not loaded have no arguments to show.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError('(see --help)')
    .addHelpText('after', examples);
  const asked = askedIn(argv);
  for (const [name, { summary, load }] of Object.entries(commandTable)) {
    // The completion is made from all of them.
    const isLoaded = name === asked || asked === 'completion';
    const command = isLoaded ? (await load())(output) : new Command(name);
    addVerbosity(command);
    program.addCommand(inherit(command.description(summary), streams));
  }
  obeyVerbosity(program, output);
  try {
    await program.parseAsync(argv);
    return output.exitCode;
  } catch (error) {
    return report(output, error);
  }
}

/** The command that is asked for, or whose help is; empty for the program's own help. */
function askedIn(argv: readonly string[]): string {
  const words = argv.slice(2);
  while (words[0] === '--config') words.splice(0, 2);
  while (words[0]?.startsWith('--config=')) words.shift();
  const [name = '', next = ''] = words;
  return name === 'help' ? next : name;
}

const examples = `
Examples:
  pilcrow init                                 set up a bot, or add a platform to it
  pilcrow run                                  run until stopped: read feeds, reply, follow up
  pilcrow resolve '#07ASTANA2244 ¶5'           the citations in a text, and their links
  pilcrow parse --json page.html               a cable page as data
  pilcrow corpus show 07ASTANA2244             a cable with explanations
  pilcrow corpus import cables.csv pages.zip   import cable texts, for exact paragraphs and quotations
  pilcrow catalogue import cablemap            fetch the list of all reference IDs
  pilcrow explain file:1                       why a post got a reply, or none
  pilcrow web                                  the operator's page in a process of its own
  pilcrow rules check                          find mistakes in the rules
  pilcrow digest --preview                     the cables that were cited yesterday
  pilcrow config check                         all mistakes in the configuration at once
  pilcrow status                               is it running, what waits, what needs you
  pilcrow doctor                               check configuration, ledger and feeds

All state is in one folder: PILCROW_DATA, or data/. Exit codes: 0 success, 1 failure, 2 wrong usage or configuration.`;

/** Subcommands inherit the error handling and the output of the program. */
function inherit(command: Command, streams: OutputConfiguration): Command {
  command.exitOverride().configureOutput(streams);
  for (const child of command.commands) inherit(child, streams);
  return command;
}

function report(output: Output, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    for (const finding of error.findings) output.error(finding);
    return 2;
  }
  output.error(messageOf(error));
  if (!(error instanceof UsageError)) reportCauses(output, error);
  return error instanceof UsageError ? 2 : 1;
}

/** The first cause; all of them, and where the last began, if more is asked for. */
function reportCauses(output: Output, error: unknown): void {
  const isVerbose = output.verbosity === 'verbose';
  let last = error;
  for (let left = isVerbose ? maxCauses : 1; left > 0 && last instanceof Error && last.cause !== undefined; left -= 1) {
    last = last.cause;
    output.error(`  because: ${messageOf(last)}`);
  }
  if (isVerbose && last instanceof Error) output.error(last.stack ?? '');
}

const maxCauses = 10;
