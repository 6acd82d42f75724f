import { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { Output } from '../lib/output.ts';
import { openPrompt } from '../lib/prompt.ts';

const fewest = 12;

export function passwordCommand(output: Output): Command {
  return new Command('password')
    .description('ask for a password and print its hash, for `web.users`')
    .addHelpText('after', help)
    .action(async () => {
      // Standard output gets the hash alone.
      const ask = (text: string) => output.writeError(text);
      using prompt = openPrompt({ ...output, write: ask, line: () => ask('\n') });
      const password = await prompt.ask('Password', { hidden: true });
      if (password.length < fewest) throw new UsageError(`a password has at least ${fewest} characters`);
      if (process.stdin.isTTY && (await prompt.ask('Once more', { hidden: true })) !== password)
        throw new UsageError('these are two different passwords');
      const { hashPassword } = await import('../../web/password.ts');
      output.line(await hashPassword(password));
    });
}

const help = `
The hash goes to a variable or file, and the configuration names that:

  pilcrow password > config/secrets/ada-hash

  web:
    users:
      - { name: ada, role: operator, passwordHash: { file: secrets/ada-hash } }`;
