import { addAbortSignal } from 'node:stream';
import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { type Cables, openCables } from '../../app/open-cables.ts';
import { readLedger } from '../../app/open-ledger.ts';
import { ledgerKnowledge, purposeOf } from '../../app/link-knowledge.ts';
import { publicList } from '../../cables/public-sources.ts';
import { type Numbered, resolveText, rowsOf } from '../../cables/resolve-text.ts';
import type { Link, Resolution } from '../../core/citation.ts';
import { UsageError } from '../../core/errors.ts';
import { type Piece, splitLines } from '../../core/text/lines.ts';
import { type Output, type Paint, onLine } from '../lib/output.ts';

export function resolveCommand(output: Output): Command {
  return new Command('resolve')
    .argument('<text...>', 'texts, one an argument; `-` alone reads one a line from standard input')
    .option('--json', 'one JSON object per citation and line')
    .option('--all', 'with --json: also one for a text without a citation, of status "no-citation"')
    .addHelpText('after', examples)
    .action(async (texts: string[], options: Shown, command: Command) => {
      const inputs = inputsOf(texts, output);
      const config = readConfig(command.optsWithGlobals());
      // Only the ledger knows dead links and fetched texts; most configurations do not need it.
      const purpose = purposeOf(config.links);
      await using ledger = purpose === undefined ? undefined : await readLedger(config);
      const known = ledger && ledgerKnowledge(config.links, ledger.db);
      const { resolver, catalogue } = await openCables(config, (message) => output.error(message), known);
      const isSeveral = texts.length > 1 || texts[0] === '-';
      let found = 0;
      for await (const text of inputs) found += await printResolved(text, resolver, { ...options, isSeveral }, output);
      if (options.json !== true && found > 0 && catalogue === undefined) output.line(output.paint.dim(unlisted));
    });
}

interface Shown {
  readonly json?: true;
  readonly all?: true;
}

/** Errors: UsageError if standard input is mixed with texts, whose lines would have the same numbers. */
function inputsOf(texts: readonly string[], output: Output): AsyncIterable<Numbered> | Numbered[] {
  if (texts.length === 1 && texts[0] === '-') return lines(output);
  if (texts.includes('-')) throw new UsageError('`-` reads standard input and must be the only argument');
  return texts.map((input, index) => ({ input, line: index + 1 }));
}

const examples = `
Examples:
  pilcrow resolve '#cablegate #07ASTANA2244 ¶5'
  pilcrow resolve --json 'see 08THEHAGUE799, paras. 3-5'
  pilcrow resolve '07ASTNA2244' 'Embassy Astana cable 2244 of August 2007'
  cut -f2 posts.tsv | pilcrow resolve --json --all -

Several arguments are several texts: quote a text of several words. Each object of --json has its text as \`input\`, in which \`span\` counts, and
\`line\`: the line of standard input, or the number of the argument, from 1.

Weak citations count, as if the post addressed the bot: also "ASTANA 2244" without a year. That is "ambiguous", even if one such cable alone
is known, unless the text has the cable's date or words of its subject.

A misspelt ID is repaired if possible: 07ASTNA2244, 2244ASTANA07, 08CALCUTTA123, "cable 244972". The result is "resolved" only if one
cable fits, and says how the ID was read. A wrong digit is never repaired: the result has candidates, the nearest first, each with its
distance (0 as written, 1 a slip) and the reason.`;

const unlisted = `Without a catalogue an ID is "unverified" unless the corpus has its text: ${publicList.how}`;

/** Prints what a text cites, and returns the number of its citations. */
async function printResolved(
  text: Numbered,
  resolver: Cables['resolver'],
  { json, all, isSeveral }: Shown & { readonly isSeveral: boolean },
  output: Output,
): Promise<number> {
  const resolved = await resolveText(text, resolver);
  const { rows, surplus } = resolved;
  const left = `${surplus} more citations were not resolved: the limit is 10 a text`;
  if (json === true) {
    for (const row of rowsOf(text, resolved, all === true)) output.json(row);
    if (surplus > 0) output.error(`line ${text.line}: ${left}`);
  } else if (text.input.trim() !== '') {
    if (isSeveral) output.line(output.paint.dim(`${text.line}: ${onLine(text.input.slice(0, maxShown))}`));
    for (const row of rows) output.line(describe(row, output.paint));
    if (rows.length === 0) output.line('No citation found.');
    if (surplus > 0) output.line(`${left}.`);
  }
  return rows.length;
}

/** Units of a text that name it before its citations. */
const maxShown = 70;

/** A resolution for people: the citation, the cable, and one line for each link. */
function describe(resolution: Omit<Resolution, 'traits'>, paint: Paint): string {
  const { written, status, cable, referenceId, links, candidates } = resolution;
  const facts = [referenceId, cable?.origin, cable?.created?.replace('T', ' '), cable?.classification].filter(Boolean);
  return [
    `${paint.bold(onLine(written))}  ${status === 'resolved' ? paint.green(status) : paint.yellow(status)}`,
    ...(facts.length > 0 ? [`  ${facts.join(' · ')}`] : []),
    ...(cable?.subject ? [`  ${onLine(cable.subject)}`] : []),
    ...links.map((link) => `  ${describeLink(link, paint)}`),
    ...candidates.map(
      ({ referenceId: id, reason }) => `  ${id === referenceId ? 'read as' : 'perhaps'} ${id}: ${reason}`,
    ),
    '',
  ].join('\n');
}

function describeLink(link: Link, paint: Paint): string {
  const paragraph = link.paragraph === null ? '' : `¶${link.paragraph} `;
  const near = link.near === null ? '' : `; nearest anchor: #${link.near}`;
  const note = link.exact ? (link.why ?? '') : `not exact: ${link.why ?? ''}${near}`;
  return `${paragraph}${link.target.padEnd(14)} ${paint.cyan(link.url)}${note === '' ? '' : `\n      ${paint.dim(note)}`}`;
}

const maxLineBytes = 1_000_000;

/** The lines of standard input, until its end or until the reader of the output has closed. */
async function* lines(output: Output): AsyncIterable<Numbered> {
  let count = 0;
  for await (const piece of piecesOf(process.stdin, output.closed)) {
    if (piece.kind === 'overlong') {
      output.error(`line ${count + 1} is longer than ${maxLineBytes / 1_000_000} MB: skipped`);
      output.exitCode = 1;
    } else if (piece.kind === 'skipped') {
      count += Number(piece.ended);
    } else {
      count += 1;
      yield { input: piece.bytes.toString('utf8').replace(/\r$/, ''), line: count };
    }
  }
}

async function* piecesOf(input: NodeJS.ReadStream, closed: AbortSignal): AsyncIterable<Piece> {
  const splitter = splitLines(maxLineBytes);
  try {
    // The input may never end, so waiting for it must end too.
    for await (const chunk of addAbortSignal<AsyncIterable<Buffer> & NodeJS.ReadStream>(closed, input)) {
      for (const piece of splitter.push(chunk)) {
        if (closed.aborted) return;
        yield piece;
      }
    }
  } catch (error) {
    if (!closed.aborted) throw error;
    return;
  }
  const rest = splitter.rest();
  if (rest !== null) yield rest;
}
