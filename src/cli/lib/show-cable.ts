import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { type Cables, openCables } from '../../app/open-cables.ts';
import { lookUp } from '../../operations/look-up-cable.ts';
import { contextOf } from '../../cables/citations/citation-context.ts';
import { explainCable } from '../../cables/explain/explain-cable.ts';
import type { Cable } from '../../core/cable.ts';
import type { Candidate, Resolution } from '../../core/citation.ts';
import { UsageError } from '../../core/errors.ts';
import { jsonOfCable, layOut, type Shown } from './cable-view.ts';
import { type Output, onLine } from './output.ts';

/** `corpus show ID`: a cable for people. */
export function showCommand(output: Output): Command {
  return new Command('show')
    .description('show a cable: its text, its abbreviations explained, its references, and the cables that cite it')
    .argument('<id...>', 'reference ID in any form: 07ASTANA2244, "Astana 2244"')
    .option('--paragraph <number>', 'only this paragraph', paragraphNumber)
    .option('--json', 'print a JSON object')
    .addHelpText('after', help)
    .action(async (words: string[], options: { paragraph?: number; json?: true }, self: Command) => {
      const cables = await openCables(readConfig(self.optsWithGlobals()), (message) => output.error(message));
      const shown = await findCable(words.join(' '), options.paragraph, cables, output);
      if (shown === undefined) output.exitCode = 1;
      else if (options.json === true) output.json(jsonOfCable(shown));
      else output.line(layOut(shown, output.paint));
    });
}

const help = `
Examples:
  pilcrow corpus show 07ASTANA2244
  pilcrow corpus show 07ASTANA2244 --paragraph 3
  pilcrow corpus show --json 07ASTANA2244 | jq '.explained.order'

The corpus must have the text. If it does not, the exit code is 1, and the possible meanings of the ID are listed.`;

function paragraphNumber(written: string): number {
  const number = Number(written.replace(/^(?:¶|par)/, ''));
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`--paragraph ${written}: expected the number of a paragraph, such as 3`);
}

/** The cable to show; undefined: its text is not available, and the reason was printed. Errors: no such cable or paragraph. */
async function findCable(
  written: string,
  paragraph: number | undefined,
  cables: Cables,
  output: Output,
): Promise<Shown | undefined> {
  const found = await lookUp(written, cables);
  if (found === undefined) throw new Error(`${written}: no reference ID of a known station, such as 07ASTANA2244`);
  const { resolution, paragraphs } = found;
  const probable = onlyCandidate(resolution);
  const cable = found.cable ?? (probable && (await cables.corpus.cable(probable.referenceId)));
  if (cable !== undefined && probable !== undefined)
    output.error(`${onLine(written)} is probably ${probable.referenceId}: ${probable.reason}`);
  if (cable === undefined) {
    for (const line of whyNot(resolution)) output.error(line);
    return undefined;
  }
  const selected = paragraph ?? paragraphs[0];
  if (selected !== undefined && !cable.paragraphs.some(({ number }) => number === selected))
    throw new Error(`${cable.referenceId} has no paragraph ${selected}: ${extentOf(cable)}`);
  const context = await contextOf(cable, cables);
  return { cable, explained: explainCable(cable), context, paragraph: selected ?? null };
}

function onlyCandidate({ status, candidates }: Resolution): Candidate | undefined {
  return status === 'ambiguous' && candidates.length === 1 ? candidates[0] : undefined;
}

function whyNot({ written, referenceId, status, candidates, links }: Resolution): string[] {
  const perhaps = candidates.map(({ referenceId: id, reason }) => `  perhaps ${id}: ${reason}`);
  if (status === 'ambiguous') return [`${onLine(written)}: it is not certain which cable is meant`, ...perhaps];
  if (status === 'unknown-cable') return [`${referenceId ?? onLine(written)}: no such cable is known`, ...perhaps];
  return [
    `the corpus has no text of ${referenceId ?? onLine(written)}; it may be at`,
    ...links.flatMap(({ url, paragraph }) => (paragraph === null || links.length === 1 ? [`  ${url}`] : [])),
  ];
}

function extentOf({ paragraphs }: Cable): string {
  const last = paragraphs.at(-1);
  return last === undefined ? 'its text has no numbered paragraphs' : `its text ends at ¶${last.number}`;
}
