import { Command, CommanderError, type OutputConfiguration } from 'commander';
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
    .showHelpAfterError('(see --help)')
    .addHelpText('after', examples);
  for (const make of await commandsFor(argv)) {
    const command = make(output);
    addVerbosity(command);
    program.addCommand(inherit(command, streams));
  }
  obeyVerbosity(program, output);
  try {
    await program.parseAsync(argv);
    return output.exitCode;
  } catch (error) {
    return report(output, error);
  }
}

type MakeCommand = (output: Output) => Command;

/** In the order of the help. Loaded on demand, because the code of all commands would stay in the bot's memory. */
const commands: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  init: async () => (await import('./cli/commands/init.ts')).initCommand,
  config: async () => (await import('./cli/commands/config.ts')).configCommand,
  run: async () => (await import('./cli/commands/run.ts')).runCommand,
  once: async () => (await import('./cli/commands/run.ts')).onceCommand,
  web: async () => (await import('./cli/commands/web.ts')).webCommand,
  resolve: async () => (await import('./cli/commands/resolve.ts')).resolveCommand,
  parse: async () => (await import('./cli/commands/parse.ts')).parseCommand,
  corpus: async () => (await import('./cli/commands/corpus.ts')).corpusCommand,
  catalogue: async () => (await import('./cli/commands/catalogue.ts')).catalogueCommand,
  explain: async () => (await import('./cli/commands/explain.ts')).explainCommand,
  rules: async () => (await import('./cli/commands/rules.ts')).rulesCommand,
  consent: async () => (await import('./cli/commands/consent.ts')).consentCommand,
  forget: async () => (await import('./cli/commands/forget.ts')).forgetCommand,
  review: async () => (await import('./cli/commands/review.ts')).reviewCommand,
  replies: async () => (await import('./cli/commands/replies.ts')).repliesCommand,
  rejects: async () => (await import('./cli/commands/rejects.ts')).rejectsCommand,
  digest: async () => (await import('./cli/commands/digest.ts')).digestCommand,
  pause: async () => (await import('./cli/commands/pause.ts')).pauseCommand,
  resume: async () => (await import('./cli/commands/pause.ts')).resumeCommand,
  audit: async () => (await import('./cli/commands/audit.ts')).auditCommand,
  ledger: async () => (await import('./cli/commands/ledger.ts')).ledgerCommand,
  links: async () => (await import('./cli/commands/links.ts')).linksCommand,
  status: async () => (await import('./cli/commands/status.ts')).statusCommand,
  doctor: async () => (await import('./cli/commands/doctor.ts')).doctorCommand,
  password: async () => (await import('./cli/commands/password.ts')).passwordCommand,
  completion: async () => (await import('./cli/commands/completion.ts')).completionCommand,
  schemas: async () => (await import('./cli/commands/schemas.ts')).schemasCommand,
};

/** The requested command; all of them for the help, the completion or an unknown name. */
async function commandsFor(argv: readonly string[]): Promise<MakeCommand[]> {
  const words = argv.slice(2);
  while (words[0] === '--config') words.splice(0, 2);
  while (words[0]?.startsWith('--config=')) words.shift();
  const [name = ''] = words;
  // The completion is made from all of them.
  const one = Object.hasOwn(commands, name) && name !== 'completion' ? commands[name] : undefined;
  return await Promise.all((one === undefined ? Object.values(commands) : [one]).map((load) => load()));
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
