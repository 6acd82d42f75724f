import { Argument, Command } from 'commander';
import { type Completed, script, shells } from '../lib/completion-scripts.ts';
import type { Output } from '../lib/output.ts';

export function completionCommand(output: Output): Command {
  return new Command('completion')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', help)
    .action((shell: string, _options: unknown, self: Command) => {
      if (self.parent !== null) output.write(script(shell, completedBy(self.parent, '')));
    });
}

const help = `
  bash  pilcrow completion bash > ~/.local/share/bash-completion/completions/pilcrow
  zsh   pilcrow completion zsh > "\${fpath[1]}/_pilcrow"
  fish  pilcrow completion fish > ~/.config/fish/completions/pilcrow.fish`;

/** What may follow each command, from the commands themselves. */
function completedBy(command: Command, path: string): Completed[] {
  const shown = command.createHelp();
  const children = shown.visibleCommands(command).filter((child) => child.name() !== 'help');
  const own = {
    path,
    commands: children.map((child) => ({ name: child.name(), description: child.description() })),
    options: shown.visibleOptions(command).map(({ short, long, description, required, optional, argChoices }) => ({
      flags: [short, long].filter((flag) => flag !== undefined),
      description,
      takesValue: required || optional,
      choices: argChoices ?? [],
    })),
    choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
  return [own, ...children.flatMap((child) => completedBy(child, `${path} ${child.name()}`))];
}
