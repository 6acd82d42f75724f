import { Command } from 'commander';
import { readConfig } from '../../config/read.ts';
import { type Cables, openCables } from '../../app/open-cables.ts';
import { lookUp } from '../../operations/look-up-cable.ts';
import { contextOf } from '../../cables/citations/citation-context.ts';
import { explainCable } from '../../cables/explain/explain-cable.ts';
import type { Cable } from '../../core/cable.ts';
import type { Resolution } from '../../core/citation.ts';
import { UsageError } from '../../core/errors.ts';
import { jsonOfCable, layOut, type Shown } from './cable-view.ts';
import { type Output, plain } from './output.ts';

/** `corpus show ID`: a cable as a person reads it. */
export function showCommand(output: Output): Command {
  return new Command('show')
    .description('show a cable: its text, what its abbreviations mean, where it leads and what leads to it')
    .argument('<id...>', 'reference ID, in any form that people write: 07ASTANA2244, "Astana 2244"')
    .option('--paragraph <number>', 'this paragraph only', paragraphNumber)
    .option('--json', 'as one JSON object')
    .addHelpText('after', help)
    .action(async (words: string[], options: { paragraph?: number; json?: true }, self: Command) => {
      const cables = await openCables(readConfig(self.optsWithGlobals()), (message) => output.error(message));
      const shown = await look(words.join(' '), options.paragraph, cables, output);
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

The text must be among the imported ones. Exit code 1 where it is not; what the ID may mean is listed then.`;

function paragraphNumber(written: string): number {
  const number = Number(written.replace(/^(?:¶|par)/, ''));
  if (Number.isInteger(number) && number > 0) return number;
  throw new UsageError(`--paragraph ${written}: expected the number of a paragraph, such as 3`);
}

/** What is to be shown; undefined, with the reason said, where that is not at hand. */
async function look(
  written: string,
  paragraph: number | undefined,
  cables: Cables,
  output: Output,
): Promise<Shown | undefined> {
  const found = await lookUp(written, cables);
  if (found === undefined) {
    output.error(`${plain(written)}: no reference ID of a known station, such as 07ASTANA2244`);
    return undefined;
  }
  const { resolution, cable, paragraphs } = found;
  if (cable === undefined) {
    for (const line of whyNot(resolution)) output.error(line);
    return undefined;
  }
  const asked = paragraph ?? paragraphs[0];
  if (asked !== undefined && !cable.paragraphs.some(({ number }) => number === asked)) {
    output.error(`${cable.referenceId} has no paragraph ${asked}: ${extentOf(cable)}`);
    return undefined;
  }
  const context = await contextOf(cable, cables);
  return { cable, explained: explainCable(cable), context, paragraph: asked ?? null };
}

function whyNot({ written, referenceId, status, candidates, links }: Resolution): string[] {
  const perhaps = candidates.map(({ referenceId: id, reason }) => `  perhaps ${id}: ${reason}`);
  if (status === 'ambiguous') return [`${plain(written)} may be one of several cables`, ...perhaps];
  if (status === 'unknown-cable') return [`${referenceId ?? plain(written)}: no such cable is known`, ...perhaps];
  return [
    `the text of ${referenceId ?? plain(written)} is not among the imported ones; it may be read at`,
    ...links.flatMap(({ url, paragraph }) => (paragraph === null || links.length === 1 ? [`  ${url}`] : [])),
  ];
}

function extentOf({ paragraphs }: Cable): string {
  const last = paragraphs.at(-1);
  return last === undefined
    ? 'the text at hand has no numbered paragraphs'
    : `the text at hand has ${paragraphs.length}, the last is ¶${last.number}`;
}
