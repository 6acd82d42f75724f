import { withoutPageBreaks } from '../paragraphs/page-break.ts';

/**
 * The summary that a message begins with, lines as printed, without blank ones: from its label (`1. (C) SUMMARY:`, `Summary/Comment.`) to
 * `End summary`, otherwise to the next heading or numbered paragraph. Undefined if there is none.
 */
export function parseSummary(text: string): string | undefined {
  const message = withoutPageBreaks(text.slice(0, maxLength));
  const label = labelPattern.exec(message);
  if (label === null) return undefined;
  const after = message.slice(label.index + label[0].length).replace(openingPattern, '');
  const end = markedEndPattern.exec(after) ?? unmarkedEndPattern.exec(after);
  const lines = after.slice(0, end?.index).split('\n');
  return (
    lines
      .map((line) => line.trim())
      .filter((line) => line !== '' && !/^-{3,}[ -]*$/.test(line))
      .join('\n') || undefined
  );
}

const maxLength = 40_000;
const summarySource = String.raw`SUMMARY(?:(?: ?[/&] ?| AND )[A-Z]{4,20}(?: REQUEST)?)?`;
/** Excludes the word within a sentence: punctuation or the end of the line must follow. */
const labelPattern = new RegExp(String.raw`(?<!END (?:OF )?)\b${summarySource}[ \t]{0,3}(?:[:.]|-{1,40}|(?=\n))`, 'i');
/** Rules under the label, number and marking of the paragraph. */
const openingPattern = /^[\s-]{0,200}(?:¶?\d{1,2}[.)]\s{0,3})?(?:\([A-Z/ ,]{1,30}\)\s{0,3})?/;
const markedEndPattern = /[([]?\s?\bEND (?:OF )?(?:THE )?SUMMARY\b/i;
/** A blank line followed by capitals, or the next paragraph. */
const unmarkedEndPattern =
  /\n[ \t]{0,20}\n(?=[A-Z][A-Z' ,:-]{3,}(?:\n|$))|\n[ \t¶]{0,9}\d{1,2}[.)][ \t]{0,3}(?=[A-Z(])/;
