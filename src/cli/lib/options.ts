import { type Command, Option } from 'commander';
import { usualConfig } from '../../config/built-in.ts';
import type { Config } from '../../config/config.ts';
import { suggestion, unknownName } from '../../config/suggest.ts';
import { UsageError } from '../../core/errors.ts';
import type { Detail } from './console.ts';
import type { Output } from './output.ts';

export function configOption(): Option {
  return new Option('--config <file>', 'configuration file').default(
    usualConfig(),
    'pilcrow.yaml in the working folder; without one, the sample',
  );
}

/** The value of `--limit`. Errors: UsageError if it is not a positive whole number. */
export function limitOf(written: string): number {
  const limit = Number(written);
  if (!Number.isInteger(limit) || limit < 1) throw new UsageError(`--limit ${written}: expected a whole number from 1`);
  return limit;
}

/** Options of commands that write a log. */
export interface LogOptions {
  readonly quiet?: true;
  readonly log?: 'text' | 'json';
}

export function logOption(): Option {
  return new Option('--log <form>', 'text, or json: one object a line on standard error').choices(['text', 'json']);
}

/** What is printed as text: nothing if the log is JSON. */
export function detailOf({ quiet, log }: LogOptions, config: Config): Detail {
  if ((log ?? config.observe.log) === 'json') return 'nothing';
  return quiet === true ? 'errors' : 'posts';
}

/** They ask, or only write what another program reads. */
const without = new Set(['init', 'password', 'completion', 'schemas']);

/** Gives a command, or each of its subcommands, the options `-q` and `-v`. */
export function addVerbosity(command: Command): void {
  if (without.has(command.name())) return;
  for (const child of command.commands) addVerbosity(child);
  if (command.commands.length > 0) return;
  command
    .option('-q, --quiet', 'print errors only; the exit code has the result')
    .option('-v, --verbose', 'also print the configuration in use, what is read, and all causes of an error');
}

/** Obeys them. */
export function obeyVerbosity(program: Command, output: Output): void {
  program.hook('preAction', (_program, command) => {
    const { quiet, verbose, config } = command.optsWithGlobals<{ quiet?: true; verbose?: true; config: string }>();
    if (verbose === true) {
      output.verbosity = 'verbose';
      output.writeError(`pilcrow: the configuration is ${config}\n`);
    } else if (quiet === true) output.verbosity = 'quiet';
  });
}

/** Lines of a file may name any platform, but not one that is nearly another. Loaded on demand: no more is known of platforms. Errors: UsageError. */
export async function refuseMisspelt(platform: string): Promise<void> {
  const { platformIds } = await import('../../app/answering.ts');
  if (!platformIds.includes(platform) && suggestion(platform, platformIds) !== '')
    throw new UsageError(unknownName('platform', platform, platformIds));
}
