import { addAbortSignal } from 'node:stream';
import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { type Cables, openCables } from '../../app/open-cables.ts';
import { readLedger } from '../../app/open-ledger.ts';
import { ledgerKnowledge, purposeOf } from '../../app/link-knowledge.ts';
import { findCitations } from '../../cables/citations/find.ts';
import type { Link, Resolution } from '../../core/citation.ts';
import { type Piece, splitLines } from '../../core/text/lines.ts';
import { publicList } from './catalogue.ts';
import { type Output, type Paint, onLine } from '../lib/output.ts';

export function resolveCommand(output: Output): Command {
  return new Command('resolve')
    .description('find the citations in a text, and their links')
    .argument('<text...>', 'the text; `-` reads one text a line from standard input')
    .option('--json', 'one JSON object per citation and line')
    .addHelpText('after', examples)
    .action(async (words: string[], options: { json?: true }, command: Command) => {
      const config = readConfig(command.optsWithGlobals());
      // Only the ledger knows dead links and fetched texts; most configurations do not need it.
      const purpose = purposeOf(config.links);
      await using ledger = purpose === undefined ? undefined : await readLedger(config);
      const known = ledger && ledgerKnowledge(config.links, ledger.db);
      const cables = await openCables(config, (message) => output.error(message), known);
      for await (const text of words.length === 1 && words[0] === '-' ? lines(output) : [words.join(' ')])
        await resolveText(text, cables, options.json === true, output);
    });
}

const examples = `
Examples:
  pilcrow resolve '#cablegate #07ASTANA2244 ¶5'
  pilcrow resolve --json 'see 08THEHAGUE799, paras. 3-5'
  pilcrow resolve '07ASTNA2244' 'Embassy Astana cable 2244 of August 2007'
  cut -f2 posts.tsv | pilcrow resolve --json -

Weak citations count, as if the post addressed the bot: also "ASTANA 2244" without a year.

A misspelt ID is repaired if possible: 07ASTNA2244, 2244ASTANA07, 08CALCUTTA123, "cable 244972". The result is "resolved" only if one
cable fits, and says how the ID was read. A wrong digit is never repaired: the result has candidates, the nearest first, each with its
distance (0 as written, 1 a slip) and the reason.`;

const unlisted = `Without a catalogue an ID is "unverified" unless the corpus has its text: pilcrow catalogue import FILE; ${publicList}.`;

async function resolveText(
  text: string,
  { resolver, catalogue }: Cables,
  json: boolean,
  output: Output,
): Promise<void> {
  const { citations, surplus } = findCitations({ text, hashtags: [], links: [] }, { weakCounts: true });
  for (const citation of citations) {
    // `traits` are for rules, and no documented field of `--json`.
    const { traits: _, ...resolution } = await resolver.resolve(citation, text);
    if (json) output.json(resolution);
    else output.line(describe(resolution, output.paint));
  }
  if (json) return;
  if (citations.length === 0) output.line('No citation found.');
  if (surplus > 0) output.line(`${surplus} more citations were not resolved: the limit is 10 a post.`);
  if (citations.length > 0 && catalogue === undefined) output.line(output.paint.dim(unlisted));
}

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

/** The non-empty lines of standard input, until its end or until the reader of the output has closed. */
async function* lines(output: Output): AsyncIterable<string> {
  let count = 0;
  for await (const piece of piecesOf(process.stdin, output.closed)) {
    if (piece.kind === 'overlong') {
      output.error(`line ${count + 1} is longer than ${maxLineBytes / 1_000_000} MB: skipped`);
      output.exitCode = 1;
    } else if (piece.kind === 'skipped') {
      count += Number(piece.ended);
    } else {
      count += 1;
      const line = piece.bytes.toString('utf8').trim();
      if (line !== '') yield line;
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
