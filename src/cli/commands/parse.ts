import { readFile } from 'node:fs/promises';
import { buffer as bytesOf } from 'node:stream/consumers';
import { Command } from 'commander';
import { readFileBytes } from '../../cables/corpus/formats/index.ts';
import type { Cable, Paragraph } from '../../core/cable.ts';
import { messageOf } from '../../core/errors.ts';
import { type Output, type Paint, plain } from '../lib/output.ts';

export function parseCommand(output: Output): Command {
  return new Command('parse')
    .description('parse cable documents: pages of the old viewer or of PlusD, texts, exports')
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
    for (const { cable } of cables) {
      if (json) output.json({ ...cable, anchorTargets: undefined });
      else output.line(describe(cable, output.paint));
    }
    for (const { position, reason } of rejects)
      fail(output, `${file}: ${position === '' ? '' : `${position}: `}${reason}`);
  } catch (error) {
    fail(output, `${file}: ${messageOf(error)}`);
  }
}

function fail(output: Output, message: string): void {
  output.error(message);
  output.exitCode = 1;
}

function describe(cable: Cable, paint: Paint): string {
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
    ['E.O.', [cable.eo, cable.decl, ...cable.reasons].filter(Boolean).join(', ')],
  ].filter(([, value]) => value);
  return [
    paint.bold(cable.referenceId),
    ...rows.map(([name, value]) => `  ${(name ?? '').padEnd(15)} ${plain(value ?? '')}`),
    `  ${'Paragraphs'.padEnd(15)} ${cable.paragraphs.length}`,
    ...cable.paragraphs.map((paragraph) => `    ${firstWords(paragraph)}`),
    ...cable.warnings.map(({ message }) => `  ${paint.yellow('warning')} ${message}`),
    '',
  ].join('\n');
}

function firstWords({ number, marking, text, anchor }: Paragraph): string {
  const start = plain(text).replaceAll('\n', ' ').slice(0, 70);
  return `¶${number}${marking === null ? '' : ` (${marking})`}${anchor === null ? ' no link' : ''} ${start}${text.length > 70 ? '…' : ''}`;
}
