import { Command } from 'commander';
import { checkDrivers } from '../../app/open-drivers.ts';
import { type Chosen, install, refuseToOverwrite } from '../../operations/setup.ts';
import { offered, readConfig } from '../../config/read.ts';
import { modesWithin, type ReplyMode } from '../../core/verdict.ts';
import type { Platform } from '../../platforms/platform.ts';
import { fetchList } from './catalogue.ts';
import type { Output } from '../lib/output.ts';
import { openPrompt, type Prompt } from '../lib/prompt.ts';

export function initCommand(output: Output): Command {
  return new Command('init')
    .description('ask for platforms and credentials, and write the configuration and .env')
    .argument('[folder]', 'folder of the configuration', 'my')
    .addHelpText('after', help)
    .action(async (folder: string) => {
      refuseToOverwrite(folder);
      using prompt = openPrompt(output);
      const chosen: Chosen[] = [];
      for (const platform of await choose(prompt, output)) chosen.push(await walkThrough(platform, prompt, output));
      const { config, env } = install(folder, chosen);
      output.line(
        `\nWritten: ${config}, rules and templates beside it, and the secrets to ${env} (readable only by you).`,
      );
      await printChecks(config, output);
      output.line(`\nNext:\n  npx pilcrow doctor --config ${config}\n  npx pilcrow run --config ${config}`);
      output.line(
        `The list of all reference IDs, without which they stay "unverified":\n  npx ${fetchList} --config ${config}`,
      );
    });
}

const help = `
Nothing is written before the last answer, and no file is overwritten. By default a publisher only logs its replies (\`dry-run\`).`;

async function choose(prompt: Prompt, output: Output): Promise<readonly Platform[]> {
  const all = offered();
  output.line(output.paint.bold('Platforms'));
  for (const [i, { id, summary }] of all.entries()) output.line(`  ${i + 1}  ${id.padEnd(10)} ${summary}`);
  for (;;) {
    const names = (await prompt.ask('Which ones? Numbers or names, separated by commas'))
      .split(/[\s,]+/)
      .filter(Boolean);
    const found = names.map((name) => all.find(({ id }, i) => id === name || String(i + 1) === name));
    const unknown = names.filter((_name, i) => found[i] === undefined);
    if (unknown.length === 0 && found.length > 0) return [...new Set(found.filter((one) => one !== undefined))];
    output.line(unknown.length === 0 ? 'Choose at least one.' : `Not in the list: ${unknown.join(', ')}`);
  }
}

async function walkThrough(platform: Platform, prompt: Prompt, output: Output): Promise<Chosen> {
  const { before, questions } = platform.setup ?? { before: [], questions: [] };
  output.line(`\n${output.paint.bold(platform.id)}: docs/platforms/${platform.id}.md`);
  for (const [i, step] of before.entries()) output.line(`  ${i + 1}. ${step}`);
  const answers = new Map<string, string>();
  for (const { key, ask, env, usual } of questions) {
    const options = { hidden: env !== undefined, ...(usual !== undefined && { usual }) };
    const answer = await prompt.ask(ask, options);
    if (answer !== '') answers.set(key, answer);
  }
  const mode = platform.addressesPeople ? await askMode(platform, prompt, output) : 'dry-run';
  return { platform, answers, mode };
}

/** `open` is not offered, because it needs a confirmation in the configuration: docs/consent.md. */
async function askMode({ consent }: Platform, prompt: Prompt, output: Output): Promise<ReplyMode> {
  const modes = modesWithin(consent).filter((mode) => mode !== 'open');
  for (;;) {
    const written = await prompt.ask(`Mode: whom may it answer? ${modes.join(', ')}`, { usual: 'dry-run' });
    const mode = modes.find((one) => one === written);
    if (mode !== undefined) return mode;
    output.line(`Not in the list: ${written}`);
  }
}

async function printChecks(config: string, output: Output): Promise<void> {
  output.line('\nChecking the configuration:');
  for await (const { name, fault } of checkDrivers(readConfig({ config })))
    output.line(
      fault === undefined ? `${output.paint.green('ok  ')} ${name}` : `${output.paint.red('FAIL')} ${name}: ${fault}`,
    );
}
