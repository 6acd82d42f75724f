import { readFile } from 'node:fs/promises';
import { buffer as bytesOf } from 'node:stream/consumers';
import { Command } from 'commander';
import { readFileBytes } from '../../cables/corpus/formats/index.ts';
import { cableData, type CableData } from '../../cables/parse/cable-data.ts';
import type { Paragraph } from '../../core/cable.ts';
import { isNoSuchFile, messageOf, storageFault } from '../../core/errors.ts';
import { onLine } from '../../core/text/strangers.ts';
import type { Output, Paint } from '../lib/output.ts';

export function parseCommand(output: Output): Command {
  return new Command('parse')
    .argument('<file...>', 'HTML pages or texts; `-` for standard input')
    .option('--json', 'one JSON object per cable and line')
    .addHelpText('after', '\nExample:\n  pilcrow parse --json config/sample/07ASTANA2244.txt')
    .action(async (files: string[], options: { json?: true }) => {
      for (const file of files) await parseFile(file, options.json === true, output);
    });
}

async function parseFile(file: string, json: boolean, output: Output): Promise<void> {
  try {
    const bytes = file === '-' ? await bytesOf(process.stdin) : await readFile(file);
    const { cables, rejects } = readFileBytes(new Uint8Array(bytes), file);
    for (const { cable, body } of cables) {
      const data = cableData(cable, body);
      if (json) output.json({ file, ...data });
      else output.line(describe(data, output.paint));
    }
    for (const { position, reason } of rejects)
      fail(output, `${file}: ${position === '' ? '' : `${position}: `}${reason}`);
  } catch (error) {
    const reason = isNoSuchFile(error) ? 'no such file' : (storageFault(error) ?? messageOf(error));
    fail(output, `${file}: ${reason}`);
  }
}

function fail(output: Output, message: string): void {
  output.error(message);
  output.exitCode = 1;
}

function describe(cable: CableData, paint: Paint): string {
  const published = String(cable.publishedId) === cable.referenceId ? '' : ` (published as ${cable.publishedId})`;
  const rows = [
    ['Reference ID', `${cable.referenceId}${published}`],
    ['Created', cable.created ?? cable.createdAsPrinted],
    ['Released', cable.released ?? cable.releasedAsPrinted],
    ['Classification', cable.classification],
    ['Origin', cable.origin],
    ['Subject', cable.subject],
    ['TAGS', cable.tags.join(', ')],
    ['References', cable.references.map(({ id, asWritten }) => id ?? asWritten).join(', ')],
    ['Message', [cable.precedence, cable.dtg].filter(Boolean).join(' ')],
    ['From', cable.from],
    ['To', cable.to.map(({ name }) => name).join(', ')],
    ['Info', cable.info.map(({ name }) => name).join(', ')],
    ['E.O.', [cable.eo, cable.decl, ...cable.reasons].filter(Boolean).join(', ')],
    ['Summary', cable.summary],
    ['Signature', cable.signature],
    ['Paragraphs', String(cable.paragraphs.length)],
  ].filter(([, value]) => value);
  return [
    paint.bold(cable.referenceId),
    ...rows.map(([name, value]) => `  ${(name ?? '').padEnd(15)} ${onLine(value ?? '', maxValueLength)}`),
    ...cable.paragraphs.flatMap((paragraph) => [
      ...headingsOf(cable, paragraph).map((heading) => `    ${paint.dim(onLine(heading, maxTextLength))}`),
      `    ${firstWords(paragraph)}`,
    ]),
    ...cable.warnings.map(({ message }) => `  ${paint.yellow('warning')} ${onLine(message)}`),
    '',
  ].join('\n');
}

function headingsOf({ sections }: CableData, { number }: Paragraph): string[] {
  return sections.flatMap(({ heading, paragraph }) => (paragraph === number ? [heading] : []));
}

const maxValueLength = 300;
const maxTextLength = 70;

function firstWords({ number, marking, text, anchor }: Paragraph): string {
  const printedMarking = marking === null ? '' : ` (${marking})`;
  return `¶${number}${printedMarking}${anchor === null ? ' no link' : ''} ${onLine(text, maxTextLength)}`;
}
