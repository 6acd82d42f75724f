import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { inspectRules, readConfig } from '../app.ts';
import { withExcerpts } from './excerpt.ts';
import type { Output } from './output.ts';

export function rulesCommand(output: Output): Command {
  const command = new Command('rules').description('look after the rules: what is done about which post');
  command
    .command('check')
    .description('look for faults in rules, and for rules that can never do what they say; changes nothing')
    .argument('[file]', 'rules to check in the place of those of the configuration')
    .option('--json', 'one JSON object per finding and line: file, line, column, message')
    .addHelpText('after', checkHelp)
    .action((file: string | undefined, options: { json?: true }, self: Command) => {
      const config = readConfig(self.optsWithGlobals());
      const checked = file === undefined ? config.rules : resolve(file);
      const name = file ?? checked;
      const findings = inspectRules(config, checked);
      if (findings.length > 0) output.exitCode = 2;
      if (options.json === true) for (const finding of findings) output.json({ file: name, ...finding });
      else if (findings.length === 0) output.line(`${name}: nothing is wrong.`);
      else for (const text of withExcerpts(name, readFileSync(checked, 'utf8'), findings)) output.line(text);
    });
  return command;
}

const checkHelp = `
Beside what no rule may say, it finds rules that no post comes to, conditions that can never hold, and replies that consent never
lets out. Names of feeds and templates are those of the configuration (--config). Exit code 2 when there is a finding.

Examples:
  pilcrow rules check
  pilcrow rules check draft.yaml --json`;
