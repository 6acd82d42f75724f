import type { Warning } from '../../../core/cable.ts';
import type { Start } from './paragraph-starts.ts';
import { repeatedRun, type Run } from './repeated-run.ts';

/** The lines with repeats emptied (indexes stay the same), and warnings about them. */
export interface Once {
  readonly lines: readonly string[];
  readonly warnings: readonly Warning[];
}

/**
 * Some copies print paragraphs again inside a later one (09CAPETOWN204: ¶1-3 after the page break in ¶4). A start that is not `accepted`
 * as a paragraph and begins like an earlier one of its number begins such a repeat. The repeat is removed if it ends with a paragraph.
 */
export function withoutRepeats(lines: readonly string[], starts: readonly Start[], accepted: readonly Start[]): Once {
  const warnings = new Map<string, Warning>();
  const read = new Map<number, number>();
  let once: string[] | undefined;
  let holder = -1;
  let resume = 0;
  let comparisons = 0;
  for (const start of starts) {
    if (accepted[holder + 1] === start) {
      holder += 1;
      read.set(start.number, holder);
      continue;
    }
    const index = start.line < resume ? undefined : read.get(start.number);
    if (index === undefined || !beginsAlike(lines, accepted[index], start)) continue;
    comparisons += 1;
    const run = comparisons > maxComparisons ? undefined : repeatedRun(lines, accepted, index, start);
    const message = sentence(accepted[holder]?.number ?? 0, start.number, run);
    warnings.set(run === undefined ? `kept in ${holder}` : message, {
      code: 'repeated-text',
      paragraph: accepted[holder]?.number ?? null,
      message,
    });
    if (run === undefined) continue;
    once ??= [...lines];
    once.fill('', start.line, run.line);
    if (run.at > 0) once[run.line] = (lines[run.line] ?? '').slice(run.at);
    resume = run.at > 0 ? run.line + 1 : run.line;
  }
  return { lines: once ?? lines, warnings: [...warnings.values()] };
}

/** Each comparison may read the whole cable; real copies have one repeat. */
const maxComparisons = 10;
/** Shorter beginnings are alike by chance: `1. (U) Summary`. */
const minAlikeLetters = 60;

function beginsAlike(lines: readonly string[], earlier: Start | undefined, start: Start): boolean {
  const first = earlier === undefined ? '' : firstLetters(lines, earlier);
  return first.length === minAlikeLetters && first === firstLetters(lines, start);
}

const maxRows = 4;
const maxRowLength = 120;

/** The first letters of a start's text, blanks not counted. */
function firstLetters(lines: readonly string[], { line, textAt }: Start): string {
  let text = (lines[line] ?? '').slice(textAt, textAt + maxRowLength);
  for (let row = line + 1; row < line + maxRows; row += 1) text += (lines[row] ?? '').slice(0, maxRowLength);
  return text.replaceAll(/\s+/g, '').slice(0, minAlikeLetters);
}

function sentence(holder: number, first: number, run: Run | undefined): string {
  if (run === undefined)
    return `paragraph ${holder} repeats the beginning of paragraph ${first}; it is not certain how far, so all is kept`;
  const copied = run.last === first ? `paragraph ${first}` : `paragraphs ${first} to ${run.last}`;
  return `paragraph ${holder} holds a second copy of ${copied}, which is left out`;
}
