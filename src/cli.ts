import { Command, CommanderError, Option } from 'commander';
import { auditCommand } from './cli/audit.ts';
import { catalogueCommand } from './cli/catalogue.ts';
import { consentCommand } from './cli/consent.ts';
import { corpusCommand } from './cli/corpus.ts';
import { doctorCommand } from './cli/doctor.ts';
import { explainCommand } from './cli/explain.ts';
import { initCommand } from './cli/init.ts';
import { ledgerCommand } from './cli/ledger.ts';
import { onceCommand } from './cli/once.ts';
import { openOutput, type Output } from './cli/output.ts';
import { parseCommand } from './cli/parse.ts';
import { passwordCommand } from './cli/password.ts';
import { pauseCommand, resumeCommand } from './cli/pause.ts';
import { repliesCommand } from './cli/replies.ts';
import { resolveCommand } from './cli/resolve.ts';
import { reviewCommand } from './cli/review.ts';
import { rulesCommand } from './cli/rules.ts';
import { runCommand } from './cli/run.ts';
import { schemasCommand } from './cli/schemas.ts';
import { version } from './cli/version.ts';
import { webCommand } from './cli/web.ts';
import { ConfigError, messageOf, UsageError } from './core/errors.ts';

/** Runs one command. Resolves to the exit code: 0 done, 1 failed, 2 wrong use or configuration. */
export async function main(argv: readonly string[]): Promise<number> {
  const output = openOutput();
  const program = new Command('pilcrow')
    .description(
      'Hears #cablegate: finds cable IDs in posts, resolves them to cable and paragraph, answers with the link.',
    )
    .version(version)
    .addOption(new Option('--config <file>', 'configuration file').default('config/pilcrow.yaml'))
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.write(text), writeErr: (text) => output.writeError(text) })
    .showHelpAfterError('(see --help)')
    .addHelpText('after', examples);
  for (const command of commands) program.addCommand(inherit(command(output)));
  try {
    await program.parseAsync(argv);
    return output.exitCode;
  } catch (error) {
    return report(output, error);
  }
}

const commands: readonly ((output: Output) => Command)[] = [
  initCommand,
  runCommand,
  onceCommand,
  webCommand,
  resolveCommand,
  parseCommand,
  corpusCommand,
  catalogueCommand,
  explainCommand,
  rulesCommand,
  consentCommand,
  reviewCommand,
  repliesCommand,
  pauseCommand,
  resumeCommand,
  auditCommand,
  ledgerCommand,
  doctorCommand,
  passwordCommand,
  schemasCommand,
];

const examples = `
Examples:
  pilcrow init                                 be asked for platforms and credentials
  pilcrow run                                  work until stopped: read feeds, answer, follow up
  pilcrow resolve '#07ASTANA2244 ¶5'           what a text cites, and the links
  pilcrow parse --json page.html               a cable page as data
  pilcrow corpus show 07ASTANA2244             a cable, explained
  pilcrow corpus import cables.csv pages.zip   read cable texts: exact paragraphs, quotations
  pilcrow catalogue import cable_ids.csv.gz    know which cables exist
  pilcrow explain file:1                       why a post was answered, or not
  pilcrow rules check                          look for faults in the rules
  pilcrow doctor                               check configuration, ledger and feeds

State lives in one folder: PILCROW_DATA, else data/. Exit codes: 0 done, 1 failed, 2 wrong use or configuration.`;

/** Subcommands throw and write like the program itself. */
function inherit(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) inherit(child);
  return command;
}

function report(output: Output, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    for (const finding of error.findings) output.error(finding);
    return 2;
  }
  output.error(messageOf(error));
  if (!(error instanceof UsageError) && error instanceof Error && error.cause !== undefined) {
    output.error(`  because: ${messageOf(error.cause)}`);
  }
  return error instanceof UsageError ? 2 : 1;
}
