import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { readConfig } from '../../config/read.ts';
import { openCables } from '../../app/open-cables.ts';
import { rehearseImport } from '../../cables/corpus/import/dry-run.ts';
import { type FormatName, formatNames } from '../../cables/corpus/formats/index.ts';
import { importCorpus, type Imported, type Progress } from '../../cables/corpus/import/import-corpus.ts';
import { type CorpusStats, corpusStats, type Count } from '../../cables/corpus/stats.ts';
import type { Passage } from '../../cables/corpus/corpus.ts';
import type { Config } from '../../config/config.ts';
import { UsageError } from '../../core/errors.ts';
import { showCommand } from '../lib/show-cable.ts';
import { importProgress } from '../lib/import-progress.ts';
import { limitOf } from '../lib/limit-option.ts';
import { type Output, plain } from '../lib/output.ts';
import { stopSignals } from '../lib/stop-signals.ts';

export function corpusCommand(output: Output): Command {
  const command = new Command('corpus').description(
    'cable texts: with them paragraph links are exact and quotations find their cable',
  );
  command.addCommand(importCommand(output));
  command.addCommand(statsCommand(output));
  command.addCommand(searchCommand(output));
  command.addCommand(showCommand(output));
  return command;
}

interface ImportFlags {
  readonly format?: FormatName;
  readonly rejects?: string;
  readonly restart?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

function importCommand(output: Output): Command {
  return new Command('import')
    .description('read cable texts into one file, with an index of their words; a running bot uses it at once')
    .argument('<path...>', 'files and folders')
    .addOption(
      new Option('--format <name>', 'what the files are, where it is not to be found out').choices(formatNames),
    )
    .option('--dry-run', 'read everything, write nothing')
    .option('--rejects <file>', 'where to list what cannot be read; else beside the corpus')
    .option('--restart', 'throw an unfinished import away')
    .option('--json', 'as a JSON object')
    .addHelpText('after', importExamples)
    .action(async (paths: string[], flags: ImportFlags, self: Command) => {
      const target = fileOf(readConfig(self.optsWithGlobals()));
      using signals = stopSignals();
      using shown = importProgress(output);
      const options = { ...flags, signal: signals.stopping, progress: (now: Progress) => shown.show(now) };
      try {
        if (flags.dryRun === true) await rehearse(target, paths, options, output);
        else emit(target, await importCorpus(target, paths, options), flags.json === true, output);
      } catch (error) {
        if (!signals.stopping.aborted) throw error;
        shown[Symbol.dispose]();
        throw new Error('stopped: nothing is lost, the same command goes on from here', { cause: error });
      }
    });
}

const importExamples = `
Examples:
  pilcrow corpus import config/sample            a folder
  pilcrow corpus import --dry-run cables.csv     what is in it, and what cannot be read
  pilcrow corpus import cables.csv pages/        several sources: of each cable the fullest text counts

The corpus stays as it is until the import ends. Stopped or killed, the same command goes on where it was.`;

async function rehearse(
  target: string,
  paths: readonly string[],
  options: Parameters<typeof rehearseImport>[2] & ImportFlags,
  output: Output,
): Promise<void> {
  const { read, cables, rejects } = await rehearseImport(target, paths, options);
  const file = options.rejects;
  if (file !== undefined) await writeFile(file, rejects.map((reject) => `${JSON.stringify(reject)}\n`).join(''));
  if (options.json === true) return output.json({ dryRun: true, read, cables, rejects: rejects.length });
  for (const { source, position, reason } of rejects.slice(0, mostShown)) {
    output.error([source, position, reason].filter(Boolean).join(': '));
  }
  if (rejects.length > mostShown) output.error(`and ${rejects.length - mostShown} more: --rejects FILE lists all`);
  output.line(`${number(read)} texts of ${number(cables)} cables can be read, ${number(rejects.length)} items cannot.`);
}

const mostShown = 20;

function emit(file: string, imported: Imported, json: boolean, output: Output): void {
  if (json) return output.json({ file, ...imported, rejectsFile: imported.rejectsFile ?? null });
  const { read, added, fuller, known, rejects, rejectsFile } = imported;
  output.line(`${number(read)} texts read${imported.resumed ? ', some of them before the last stop' : ''}:`);
  output.line(
    `  ${number(added)} new cables, ${number(fuller)} fuller texts, ${number(known)} that were known as full`,
  );
  if (rejects > 0) output.line(`  ${number(rejects)} items could not be read: ${rejectsFile}`);
  output.line(`They are in ${file}. A running bot uses them from now on.`);
}

function statsCommand(output: Output): Command {
  return new Command('stats')
    .description('what the corpus holds, by year, station, classification and source')
    .option('--json', 'as a JSON object')
    .action((flags: { json?: true }, self: Command) => {
      const file = fileOf(readConfig(self.optsWithGlobals()));
      if (!existsSync(file)) throw new UsageError(`nothing is imported at ${file}: pilcrow corpus import PATH...`);
      const stats = corpusStats(file);
      if (flags.json === true) output.json({ file, ...stats });
      else for (const line of describe(file, stats)) output.line(line);
    });
}

function describe(file: string, stats: CorpusStats): string[] {
  const { cables, years, stations, classifications, sources, several, conflicting, superseded } = stats;
  const others = stations.length - mostShown;
  return [
    `${number(cables)} cables in ${file}`,
    ...table('Year', years),
    ...table('Station', stations.slice(0, mostShown)),
    ...(others > 0 ? [`  and ${number(others)} more stations: --json lists all`] : []),
    ...table('Classification', classifications),
    ...table('Source', sources),
    `${number(several)} cables are in several copies; of ${number(conflicting)} the copies disagree`,
    ...(superseded > 0
      ? [`${number(superseded)} texts gave way to fuller ones and still take up room in the index`]
      : []),
  ];
}

function table(heading: string, counts: readonly Count[]): string[] {
  return [heading, ...counts.map(({ name, cables }) => `  ${number(cables).padStart(9)}  ${plain(name)}`)];
}

function searchCommand(output: Output): Command {
  return new Command('search')
    .description('find the paragraph that words stand in, misspelt ones too')
    .argument('<words...>', 'the words in their order; … or ... for what is left out')
    .option('--limit <n>', 'places at most', '10')
    .option('--json', 'one JSON object per place and line')
    .addHelpText('after', "\nExample:\n  pilcrow corpus search 'Kazakhstani ... civil service'")
    .action(async (words: string[], flags: { limit: string; json?: true }, self: Command) => {
      const limit = limitOf(flags.limit);
      const { corpus } = await openCables(readConfig(self.optsWithGlobals()), (message) => output.error(message));
      const passages = await corpus.search(words.join(' '), limit);
      for (const passage of passages) {
        if (flags.json === true) output.json(passage);
        else output.line(shownPassage(passage, output));
      }
      if (passages.length === 0 && flags.json !== true) output.line('Nothing comes near.');
    });
}

function shownPassage({ referenceId, paragraph, score, exact, text }: Passage, { paint }: Output): string {
  const where = paragraph === null ? '' : ` ¶${paragraph}`;
  const how = exact ? paint.green('exact') : paint.yellow(`${Math.round(score * 100)} %`);
  return `${paint.bold(`${referenceId}${where}`)}  ${how}\n  ${plain(text).replaceAll('\n', '\n  ')}\n`;
}

function fileOf(config: Config): string {
  if (config.imported === null) throw new UsageError(`${config.file} says \`imported: null\`: no corpus is to be used`);
  return config.imported;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
