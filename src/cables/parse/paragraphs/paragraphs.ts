import type { Warning } from '../../../core/cable.ts';
import { isCutOff } from '../truncation.ts';
import { withoutSiteFooter } from '../site-footer.ts';
import { rowsWithoutHeading, withoutSignature } from '../header/headings.ts';
import { missingNumbers, secondNumbers } from './numbering.ts';
import { cutParagraphs, type Rows } from './paragraph-rows.ts';
import { readLineStarts, type Anchor } from './paragraph-starts.ts';
import { joinRows } from './paragraph-text.ts';
import { withoutRepeats } from './repeats.ts';
import { lineJoinsOf, type LineJoins } from './line-joins.ts';
import { inSequence } from './sequence.ts';

/** A paragraph and where it begins in the body. */
export interface PlacedParagraph {
  readonly number: number;
  readonly marking: string | null;
  readonly text: string;
  readonly line: number;
  readonly atLineStart: boolean;
}

/** A body: what stands before the first paragraph, the paragraphs in order, the old viewer's anchors in page order. */
export interface Body {
  readonly opening: readonly string[];
  readonly paragraphs: readonly PlacedParagraph[];
  readonly anchors: readonly Anchor[];
  readonly warnings: readonly Warning[];
}

export function readParagraphs(printed: readonly string[]): Body {
  const ours = withoutSiteFooter(printed);
  const { starts, anchors } = readLineStarts(ours);
  const accepted = inSequence(starts, ours);
  const { lines, warnings: repeats } = withoutRepeats(ours, starts, accepted);
  const [opening, ...cut] = cutParagraphs(lines, accepted);
  const lineJoins = lineJoinsOf(lines);
  const warnings: Warning[] = [];
  if (ours !== printed)
    warnings.push({ code: 'not-cable-text', paragraph: null, message: "a printer's lines at the end are left out" });
  const paragraphs = cut.map((rows, index) => readParagraph(rows, index === cut.length - 1, lineJoins, warnings));
  return {
    opening: opening?.rows ?? lines,
    paragraphs,
    anchors,
    warnings: [...missingNumbers(paragraphs), ...secondNumbers(cut), ...repeats, ...warnings],
  };
}

function readParagraph(rows: Rows, isLast: boolean, lineJoins: LineJoins, warnings: Warning[]): PlacedParagraph {
  const { number, marking, line, atLineStart } = rows;
  const body = joinRows(rows.rows, rowsWithoutHeading(rows.rows), lineJoins);
  const joined = isLast ? { ...body, text: withoutSignature(body.text) } : body;
  for (const message of lineJoins.takeLost()) warnings.push({ code: 'broken-word', paragraph: number, message });
  if (joined.text === '') {
    warnings.push({ code: 'cut-off', paragraph: number, message: `paragraph ${number} is empty` });
  } else if (isCutOff(joined, isLast)) {
    const end = joined.text.slice(-30).trim();
    warnings.push({
      code: 'cut-off',
      paragraph: number,
      message: `paragraph ${number} stops inside a sentence: "...${end}"`,
    });
  }
  return { number, marking, text: joined.text, line, atLineStart };
}
