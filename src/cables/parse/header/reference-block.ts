import { withoutPageBreaks } from '../paragraphs/page-break.ts';

/** The REF line with its continuations, blanks collapsed; undefined where there is none. */
export function referenceBlock(text: string): string | undefined {
  const clean = withoutPageBreaks(text);
  const label = labelPattern.exec(clean);
  if (label === null) return undefined;
  const start = label.index + label[0].length;
  const after = clean.slice(start, start + maxLength);
  const end = endPattern.exec(after)?.index ?? after.length;
  const block = after
    .slice(0, end)
    .replaceAll(/[¶\uFFFD\\\s]+/g, ' ')
    .trim();
  const letter = label[1] ?? '';
  return letter === '' ? block : `${letter}. ${block}`;
}

const maxLength = 3000;

/** `REF:`, `Refs:`, `Ref(s):`, `REFTEL:`, `A. REF AMMAN 222`, glued to the word before (`EGYPTREF: CAIRO 493`) or without colon at a line's start. */
const labelPattern = new RegExp(
  [
    String.raw`(?:^|\n)[ \t]{0,20}(?:([A-Z])[.)] {1,3})?(?:REF|Ref)(?:S|s|\(S\)|\(s\)|TELS?|tels?|ERENCES?|erences?)?(?:[ \t]?[:.;]|(?=[ \t]+[A-Z0-9([]))`,
    String.raw`(?:REF(?:S|\(S\)|TELS?|ERENCES?)?|\bRef(?:s|\(s\)|tels?|erences?)?)[ \t]?:`,
  ].join('|'),
);

const firstParagraphSource = String.raw`(?:\n[ \t¶\uFFFD]{0,20}|[ \t])1[.)][ \t]{0,4}(?=\([A-Z]|[A-Z][a-z]|[A-Z]{3})(?![ \t]{0,4}\([A-Z]\) )|¶1\.|\n[ \t¶\uFFFD]{0,20}1\.`;
const levelsSource = String.raw`\b(?:C O N F I D|S E C R E T|S e c r e t|UNCLAS|Unclas)|\n[ \t]{0,40}(?:CONFIDENTIAL|SECRET)[ \t]{0,9}(?=\n)`;
const nextPartSource = String.raw`(?:CLASSIFIED|Classified|classified)\s{1,3}[Bb][Yy]|\b(?:SUMMARY|Summary|SENSITIVE BUT|Sensitive [Bb]ut|This (?:message|cable)|THIS (?:MESSAGE|CABLE)|DERIVED FROM|SUBJECT|TAGS|SIPDIS)\b|\bE\.?O\.? ?\d{5}|----`;
/** A blank line ends the list unless the next line goes on with it: a letter, or the number of a station that stands before the blank. */
const blankLineSource = String.raw`\n[ \t\\]{0,80}\n(?!\s{0,40}(?:¶?\(?\[?[B-Z][.):\]]|\d{1,8}[ \t]{0,9}(?:\(|\n|;|,|$)))`;
const endPattern = new RegExp([firstParagraphSource, levelsSource, nextPartSource, blankLineSource].join('|'));
