import { fchmodSync, fstatSync } from 'node:fs';
import { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { Output } from '../lib/output.ts';
import { minPasswordLength, openPrompt } from '../lib/prompt.ts';

export function passwordCommand(output: Output): Command {
  return new Command('password').addHelpText('after', help).action(async () => {
    // Only the hash goes to standard output.
    const ask = (text: string) => output.writeError(text);
    using prompt = openPrompt({ ...output, write: ask, line: () => ask('\n') });
    const password = await prompt.ask('Password', { hidden: true });
    if (password.length < minPasswordLength)
      throw new UsageError(`a password needs at least ${minPasswordLength} characters`);
    if (process.stdin.isTTY && (await prompt.ask('Repeat it', { hidden: true })) !== password)
      throw new UsageError('the passwords differ');
    const { hashPassword } = await import('../../web/password.ts');
    shutFile(process.stdout.fd);
    output.line(await hashPassword(password));
  });
}

/** The shell made the file of `> FILE`, by a umask of its own. */
function shutFile(fd: number): void {
  const stat = fstatSync(fd);
  if (stat.isFile() && stat.uid === process.getuid?.()) fchmodSync(fd, 0o600);
}

const help = `
Put the hash into a variable or a file, and name it in the configuration:

  pilcrow password > config/secrets/ada-hash

  web:
    users:
      - { name: ada, role: operator, passwordHash: { file: secrets/ada-hash } }`;
