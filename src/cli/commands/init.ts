import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { publicList } from '../../cables/public-sources.ts';
import { checkDrivers } from '../../app/open-drivers.ts';
import { builtInFolder } from '../../config/built-in.ts';
import { offered } from '../../config/read.ts';
import { suggestion } from '../../config/suggest.ts';
import { withAppended } from '../../config/yaml/edit-yaml.ts';
import { messageOf } from '../../core/errors.ts';
import { type Draft, draftOf, type Target, targetIn, write } from '../../operations/setup/draft.ts';
import { entriesOf } from '../../operations/setup/entries.ts';
import type { Checked } from '../../operations/setup/answers.ts';
import type { Platform } from '../../platforms/platform.ts';
import { importList } from './catalogue.ts';
import { askGeneral, type General } from '../lib/general-questions.ts';
import type { Output } from '../lib/output.ts';
import { type Asked, answerOptions, askPlatform, askYes, exampleCommands } from '../lib/platform-questions.ts';
import { type Answers, openAnswers } from '../lib/questions.ts';

export function initCommand(output: Output): Command {
  const command = new Command('init')
    .argument('[folder]', 'folder of the configuration', '.')
    .option(
      '--platform <name>',
      `set up this platform by flags: ${offered()
        .map(({ id }) => id)
        .join(', ')}`,
    )
    .option('--mode <mode>', 'whom it may answer: dry-run (nobody), summoned (people who mention it), …')
    .option('--allow-private', 'let the bot reach a server on this machine or network')
    .option('--catalogue <source>', 'import the list of reference IDs: `cablemap` fetches the public one; or a file')
    .option('--corpus <paths>', 'files and folders of cable texts, separated by commas')
    .option('--digest <timezone>', 'write a daily digest, by the days of this time zone')
    .option('--page-user <name>', 'log in to the operator’s page by this name and --page-password-stdin')
    .addOption(new Option('--page-password-stdin').hideHelp())
    .option('--yes', 'ask nothing: take defaults for what no flag says')
    .addHelpText('after', help);
  for (const option of answerOptions()) command.addOption(option);
  return command.action(async (folder: string, flags: Record<string, unknown>) => {
    const target = targetIn(folder);
    const asks = flags['yes'] !== true && (flags['platform'] === undefined || process.stdin.isTTY);
    using answers = openAnswers(output, flags, asks);
    if (target.present !== undefined) output.line(`${target.file} is there: this adds to it.\n`);
    const asked: Asked[] = [];
    for (const platform of await choose(answers, output))
      asked.push(await walkThrough(platform, target, answers, output));
    const general = await askGeneral(target, answers);
    answers.throwFaults();
    await finish({ target, asked, general, answers, output });
  });
}

const help = `
Each answer is checked, and each platform's server is asked. Nothing is written before the last answer, and only what loads.
Run it again to add a platform: comments and entries that are there stay. By default replies are only logged (\`dry-run\`).

By flags, with the same checks:
${exampleCommands()}

A secret is never the value of a flag: the shell's history and other users would see it. \`--token-env NAME\` names a variable
that has it, in the environment or in .env; \`--token-stdin\` reads it from the next line of standard input and keeps it in .env:
  pass show bot | pilcrow init --platform mastodon --server social.example --token-stdin --mode summoned`;

async function choose(answers: Answers, output: Output): Promise<readonly Platform[]> {
  const all = offered();
  if (answers.flag('platform') === undefined && answers.asks) {
    output.line(output.paint.bold('Platforms'));
    for (const [i, { id, summary }] of all.entries()) output.line(`  ${i + 1}  ${id.padEnd(10)} ${summary}`);
  }
  const named = (written: string) =>
    written
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((name) => all.find(({ id }, i) => id === name || String(i + 1) === name) ?? name);
  const check = (written: string): Checked => {
    const found = named(written);
    const ids = all.map(({ id }) => id);
    const unknown = found.filter((one) => typeof one === 'string');
    if (found.length === 0) return { fault: 'choose at least one, such as rss' };
    if (unknown.length === 0) return { answer: written };
    const near = suggestion(unknown[0] ?? '', [...ids, 'twitter']).replace('twitter', 'x');
    return { fault: `not in the list: ${unknown.join(', ')}; ${near || `known: ${ids.join(', ')}`}` };
  };
  const text = 'Which ones? Numbers or names, separated by commas';
  const answer = await answers.answer({ name: 'platform', text, example: 'rss', check });
  answers.throwFaults();
  return [...new Set(named(answer).filter((one) => typeof one !== 'string'))];
}

/** Asks for a platform, and asks its server; a person may then answer again. */
async function walkThrough(platform: Platform, target: Target, answers: Answers, output: Output): Promise<Asked> {
  output.line(`\n${output.paint.bold(platform.id)}: docs/platforms/${platform.id}.md`);
  for (const [i, step] of (platform.setup?.before ?? []).entries()) output.line(`  ${i + 1}. ${step}`);
  for (let before: Asked | undefined; ;) {
    const asked: Asked = await askPlatform(platform, { target, answers, output, before });
    answers.throwFaults();
    const { config } = draftOf({ ...target, text: undefined }, await entriesOf([asked.chosen]), asked.variables);
    const works = await printChecks(config, output);
    if (works || !answers.asks) return asked;
    if (!(await askYes('again', 'Answer these questions again? yes or no', answers, 'no'))) return asked;
    before = asked;
  }
}

/** True if all works. */
async function printChecks(config: Draft['config'], output: Output): Promise<boolean> {
  let works = true;
  output.line('Checking:');
  for await (const { name, fault } of checkDrivers(config)) {
    if (name === 'publisher log') continue;
    works &&= fault === undefined;
    output.line(
      fault === undefined
        ? `  ${output.paint.green('ok  ')} ${name}`
        : `  ${output.paint.red('FAIL')} ${name}: ${fault}`,
    );
  }
  return works;
}

interface Result {
  readonly target: Target;
  readonly asked: readonly Asked[];
  readonly general: General;
  readonly answers: Answers;
  readonly output: Output;
}

/** Shows what it will write, writes it, and says what the bot will do. */
async function finish({ target, asked, general, answers, output }: Result): Promise<void> {
  const lists = [
    ...(await entriesOf(
      asked.map(({ chosen }) => chosen),
      target.present,
    )),
    ...general.lists,
  ];
  const variables = new Map([...asked.flatMap((one) => [...one.variables]), ...general.variables]);
  const draft = draftOf(target, lists, variables);
  output.line(`\n${target.file}${target.text === undefined ? '' : ', added'}:`);
  output.line(withAppended('', lists).replaceAll(/^(?=.)/gm, '  '));
  if (variables.size > 0)
    output.line(`${target.envFile}, which only you can read: ${[...variables.keys()].join(', ')}\n`);
  if (!(await askYes('yes', 'Write it? yes or no', answers, 'yes'))) return output.line('Nothing was written.');
  write(target, draft);
  output.line(`Written: ${target.file}.`);
  await importCatalogue(draft.config, general, output);
  for (const line of outlook(draft.config)) output.line(line);
  output.line(`\nNext:\n  npx pilcrow run${withConfig(target.file)}`);
}

/** The configuration stands, whatever becomes of the list. */
async function importCatalogue(config: Draft['config'], { catalogue }: General, output: Output): Promise<void> {
  if (catalogue === undefined || config.catalogue === null) return;
  try {
    const { imported } = await importList(config, catalogue, config.catalogue, {
      fetching: (name) => output.line(`Fetching ${name}`),
      progress: () => {},
      signal: output.closed,
    });
    output.line(`${imported.toLocaleString('en')} reference IDs are in ${config.catalogue}.`);
  } catch (error) {
    output.exitCode = 1;
    output.error(`the list of reference IDs: ${messageOf(error)}`);
  }
}

/** Found without a word in the working folder. */
function withConfig(file: string): string {
  return file === 'pilcrow.yaml' ? '' : ` --config ${file}`;
}

/** What the bot will answer, so that nobody waits for what cannot come. */
function* outlook({ publishers, corpus, catalogue, imported, dataDir, file }: Draft['config']): Iterable<string> {
  for (const { name, platform, mode } of publishers) {
    if (platform === 'log') continue;
    if (mode === 'dry-run')
      yield `${name}: answers nobody; what it would say is in ${join(dataDir, 'replies.jsonl')}. To answer, set its mode in ${file}.`;
    else yield `${name}: answers in mode ${mode}: docs/consent.md.`;
  }
  const ownTexts = corpus.some((path) => !path.startsWith(builtInFolder));
  if (ownTexts || [catalogue, imported].some((path) => path !== null && existsSync(path))) return;
  yield `There is no list of reference IDs: most stay "unverified", and only posts that mention the bot are answered. To get it: npx ${publicList.how}${withConfig(file)}`;
}
