import { withoutPageBreaks } from '../paragraphs/page-break.ts';

/**
 * The summary that a message begins with, lines as printed, without blank ones: from its label (`1. (C) SUMMARY:`, `Summary/Comment.`) to `End
 * summary`, else to the next heading or numbered paragraph. Undefined where there is none.
 */
export function parseSummary(text: string): string | undefined {
  const message = withoutPageBreaks(text.slice(0, LONGEST));
  const label = LABEL.exec(message);
  if (label === null) return undefined;
  const after = message.slice(label.index + label[0].length).replace(OPENING, '');
  const end = SAID.exec(after) ?? UNSAID.exec(after);
  const lines = after.slice(0, end?.index).split('\n');
  return (
    lines
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^-{3,}[ -]*$/.test(line))
      .join('\n') || undefined
  );
}

const LONGEST = 40_000;
const SUMMARY = String.raw`SUMMARY(?:(?: ?[/&] ?| AND )[A-Z]{4,20}(?: REQUEST)?)?`;
/** Not the word within a sentence: a mark or the end of the line follows it. */
const LABEL = new RegExp(String.raw`(?<!END (?:OF )?)\b${SUMMARY}[ \t]{0,3}(?:[:.]|-{1,40}|(?=\n))`, 'i');
/** Rules under the label, number and marking of the paragraph. */
const OPENING = /^[\s-]{0,200}(?:¶?\d{1,2}[.)]\s{0,3})?(?:\([A-Z/ ,]{1,30}\)\s{0,3})?/;
const SAID = /[([]?\s?\bEND (?:OF )?(?:THE )?SUMMARY\b/i;
/** A blank line with capitals below it, or the next paragraph. */
const UNSAID = /\n[ \t]{0,20}\n(?=[A-Z][A-Z' ,:-]{3,}(?:\n|$))|\n[ \t¶]{0,9}\d{1,2}[.)][ \t]{0,3}(?=[A-Z(])/;
