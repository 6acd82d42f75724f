import { parseArgs, type ParseArgsConfig } from 'node:util';
import { messageOf } from '../../src/core/errors.ts';

/** The arguments of a script. `--help` prints how it is used, and ends it; so does an unknown option, with exit code 2. */
export function scriptArguments<T extends ParseArgsConfig>(usage: string, config: T): ReturnType<typeof parseArgs<T>> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    // Behind the first sentence is advice that fits no script.
    const [reason = ''] = messageOf(error).split('. ');
    return refuseArguments(usage, reason);
  }
}

/** Ends a script that was used wrongly. */
export function refuseArguments(usage: string, reason: string): never {
  process.stderr.write(`${reason}\n\n${usage}\n`);
  process.exit(2);
}
