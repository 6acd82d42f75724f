import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { readConfig } from '../../config/read.ts';
import { openCables } from '../../app/open-cables.ts';
import { type FormatName, formatNames } from '../../cables/corpus/formats/index.ts';
import { dryRunImport, importCorpus, type Imported, type Progress } from '../../cables/corpus/import/import-corpus.ts';
import { type CorpusStats, corpusStats, type Count } from '../../cables/corpus/stats.ts';
import type { Passage } from '../../cables/corpus/corpus.ts';
import type { Config } from '../../config/config.ts';
import { UsageError } from '../../core/errors.ts';
import { sourcesCommand } from '../lib/corpus-sources.ts';
import { showCommand } from '../lib/show-cable.ts';
import { limitOf } from '../lib/options.ts';
import { type Output, plain, printList } from '../lib/output.ts';
import { inMegabytes, openProgress, timeLeft } from '../lib/progress.ts';
import { endsIn, stopSignals } from '../lib/stop-signals.ts';

export function corpusCommand(output: Output): Command {
  const command = new Command('corpus');
  command.addCommand(importCommand(output));
  command.addCommand(statsCommand(output));
  command.addCommand(searchCommand(output));
  command.addCommand(showCommand(output));
  command.addCommand(sourcesCommand(output));
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
    .description('import cable texts into one indexed file; a running bot uses it at once')
    .argument('<path...>', 'files and folders')
    .addOption(new Option('--format <name>', 'format of the files, if it is not detected').choices(formatNames))
    .option('--dry-run', 'read everything without writing')
    .option('--rejects <file>', 'file for the list of unreadable items (default: beside the corpus)')
    .option('--restart', 'discard an unfinished import')
    .option('--json', 'print a JSON object')
    .addHelpText('after', importExamples)
    .action(async (paths: string[], flags: ImportFlags, self: Command) => {
      const target = fileOf(readConfig(self.optsWithGlobals()));
      using signals = stopSignals(endsIn(output));
      using shown = importProgress(output);
      const options = { ...flags, signal: signals.stopping, progress: (now: Progress) => shown.show(now) };
      try {
        if (flags.dryRun === true) await rehearse(target, paths, options, output);
        else emit(target, await importCorpus(target, paths, options), flags.json === true, output);
      } catch (error) {
        if (!signals.stopping.aborted) throw error;
        shown[Symbol.dispose]();
        throw new Error('stopped: nothing is lost, the same command continues from here', { cause: error });
      }
    });
}

const importExamples = `
Examples:
  pilcrow corpus import config/sample            a folder
  pilcrow corpus import --dry-run cables.csv     count readable and unreadable items
  pilcrow corpus import cables.csv pages/        several sources: the most complete text of each cable is used

The corpus does not change until the import ends. After a stop or kill, the same command continues.`;

const barWidth = 12;

/** Shows the progress of an import: on a terminal with a bar. */
function importProgress(output: Output): Disposable & { show(progress: Progress): void } {
  const shown = openProgress(output);
  let first: { bytes: number; at: number } | undefined;
  return {
    show(progress) {
      const now = performance.now();
      // The rate counts from the first call, without the bytes of an earlier import.
      first ??= { bytes: progress.bytes, at: now };
      const { bytes, at } = first;
      shown.show((isTerminal) => {
        const seconds = (now - at) / 1000;
        const line = progressInWords(progress, seconds < 0.1 ? 0 : (progress.bytes - bytes) / seconds);
        return isTerminal ? `${bar(progress)} ${line}` : line;
      });
    },
    [Symbol.dispose]: () => shown[Symbol.dispose](),
  };
}

function progressInWords({ bytes, ofBytes, cables }: Progress, perSecond: number): string {
  const read = `${inMegabytes(bytes)} of ${inMegabytes(ofBytes)} MB at ${inMegabytes(perSecond)} MB/s`;
  return `${cables.toLocaleString('en')} cables, ${read}${timeLeft(ofBytes - bytes, perSecond)}`;
}

function bar({ bytes, ofBytes }: Progress): string {
  const full = Math.round((barWidth * bytes) / Math.max(1, ofBytes));
  return '█'.repeat(Math.min(barWidth, full)).padEnd(barWidth, '░');
}

async function rehearse(
  target: string,
  paths: readonly string[],
  options: Parameters<typeof dryRunImport>[2] & ImportFlags,
  output: Output,
): Promise<void> {
  const { read, cables, rejects } = await dryRunImport(target, paths, options);
  const file = options.rejects;
  if (file !== undefined) await writeFile(file, rejects.map((reject) => `${JSON.stringify(reject)}\n`).join(''));
  if (options.json === true) return output.json({ dryRun: true, read, cables, rejects: rejects.length });
  for (const { source, position, reason } of rejects.slice(0, maxShown)) {
    output.error([source, position, reason].filter(Boolean).join(': '));
  }
  if (rejects.length > maxShown) output.error(`and ${rejects.length - maxShown} more: --rejects FILE lists all`);
  output.line(`${number(read)} texts of ${number(cables)} cables can be read, ${number(rejects.length)} items cannot.`);
}

const maxShown = 20;

function emit(file: string, imported: Imported, json: boolean, output: Output): void {
  if (json) return output.json({ file, ...imported, rejectsFile: imported.rejectsFile ?? null });
  const { read, added, fuller, known, rejects, rejectsFile } = imported;
  output.line(`${number(read)} texts read${imported.resumed ? ', some of them before the last stop' : ''}:`);
  output.line(
    `  ${number(added)} new cables, ${number(fuller)} more complete texts, ${number(known)} texts that add nothing`,
  );
  if (rejects > 0) output.line(`  ${number(rejects)} items could not be read: ${rejectsFile}`);
  output.line(`They are in ${file}; a running bot uses them now.`);
}

function statsCommand(output: Output): Command {
  return new Command('stats')
    .description('count the cables by year, station, classification and source')
    .option('--json', 'print a JSON object')
    .action((flags: { json?: true }, self: Command) => {
      const file = fileOf(readConfig(self.optsWithGlobals()));
      if (!existsSync(file)) throw new UsageError(`${file} does not exist: pilcrow corpus import PATH...`);
      const stats = corpusStats(file);
      if (flags.json === true) output.json({ file, ...stats });
      else for (const line of describe(file, stats)) output.line(line);
    });
}

function describe(file: string, stats: CorpusStats): string[] {
  const { cables, years, stations, classifications, sources, several, conflicting, superseded } = stats;
  const others = stations.length - maxShown;
  return [
    `${number(cables)} cables in ${file}`,
    ...table('Year', years),
    ...table('Station', stations.slice(0, maxShown)),
    ...(others > 0 ? [`  and ${number(others)} more stations: --json lists all`] : []),
    ...table('Classification', classifications),
    ...table('Source', sources),
    `${number(several)} cables have several copies; the copies of ${number(conflicting)} differ`,
    ...(superseded > 0 ? [`${number(superseded)} replaced texts still take up space in the index`] : []),
  ];
}

function table(heading: string, counts: readonly Count[]): string[] {
  return [heading, ...counts.map(({ name, cables }) => `  ${number(cables).padStart(9)}  ${plain(name)}`)];
}

function searchCommand(output: Output): Command {
  return new Command('search')
    .description('find the paragraph that contains these words, with spelling mistakes')
    .argument('<words...>', 'the words in their order; … or ... for omissions')
    .option('--limit <n>', 'number of results', '10')
    .option('--json', 'one JSON object per result and line')
    .addHelpText('after', "\nExample:\n  pilcrow corpus search 'Kazakhstani ... civil service'")
    .action(async (words: string[], flags: { limit: string; json?: true }, self: Command) => {
      const limit = limitOf(flags.limit);
      const { corpus } = await openCables(readConfig(self.optsWithGlobals()), (message) => output.error(message));
      printList(output, await corpus.search(words.join(' '), limit), {
        json: flags.json,
        fields: (passage) => passage,
        line: (passage) => shownPassage(passage, output),
        none: 'Nothing found.',
      });
    });
}

function shownPassage({ referenceId, paragraph, score, exact, text }: Passage, { paint }: Output): string {
  const where = paragraph === null ? '' : ` ¶${paragraph}`;
  const how = exact ? paint.green('exact') : paint.yellow(`${Math.round(score * 100)} %`);
  return `${paint.bold(`${referenceId}${where}`)}  ${how}\n  ${plain(text).replaceAll('\n', '\n  ')}\n`;
}

function fileOf(config: Config): string {
  if (config.imported === null) throw new UsageError(`${config.file} says \`imported: null\`, so no corpus is used`);
  return config.imported;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
