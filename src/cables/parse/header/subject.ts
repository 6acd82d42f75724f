import { isMarking } from '../paragraphs/marking.ts';

/**
 * The subject of a message, its lines joined with blanks; null if there is no SUBJECT line. It ends at the references, the
 * classification authority, the first paragraph or a blank line. `clean` removes a portion marking: `(C) WAR BY ...`.
 */
export function parseSubject(text: string, { clean = true }: { clean?: boolean } = {}): string | null {
  const label = labelPattern.exec(text) ?? labelWithoutColonPattern.exec(text);
  if (label === null) return null;
  const after = text.slice(label.index + label[0].length, label.index + label[0].length + maxLength).trimStart();
  const end = endPattern.exec(after)?.index ?? after.length;
  const subject = after.slice(0, end).replaceAll('\\\n', '\n').split(/\s+/).join(' ').replace(/\\$/, '').trim();
  const cleaned = clean ? withoutMarking(subject) : subject;
  return cleaned || null;
}

/** `(C) WAR BY ANY OTHER NAME` without its marking. */
export function withoutMarking(subject: string): string {
  if (!subject.startsWith('(')) return subject;
  const close = subject.indexOf(')');
  return close !== -1 && isMarking(subject.slice(1, close).trim()) ? subject.slice(close + 1).trim() : subject;
}

/** Subjects have up to four lines. */
const maxLength = 1200;

/** In copies whose lines ran together the label is in mid-line; in some it lost its first letter. */
const labelPattern = /(?:SUBJ(?:ECT)?|(?<![A-Z])UBJECT)[ \t]{0,3}[:;]/i;
const labelWithoutColonPattern = /(?:^|\n)SUBJ(?:ECT)?[ \t]{1,3}(?!LINE)(?=\S)/;

const blankLineSource = String.raw`\n[ \t\\]{0,80}\n`;
const referencesSource = String.raw`REF(?:S|TELS?|ERENCES?)?[ \t]?[:.]|\bRef(?:s|tels?)?(?:\(s\))?[ \t]?:|\n\s{0,9}(?:REF(?:S|TELS?)?|Ref(?:s|tels?)?)\b|\bRef: |\n[A-Z]\. REF\b`;
const authoritySource = String.raw`(?<!DE|UN|de|un)(?:CLASSIFIED|Classified|classified)[ \t\n]{1,3}[Bb][Yy]\b`;
const firstParagraphSource = String.raw`\n[ \t¶\uFFFD]{0,20}\(?1[.)]|\s¶?1\.[ \t]{0,3}\([A-Z/ ]{1,12}\)`;
const nextPartSource = String.raw`\n[ \t]{0,20}(?:E\.?O\.? ?\d|TAGE?S\b|SENSITIVE BUT|SUMMARY[ \t]{0,3}[:.\n-]|DERIVED FROM|SIPDIS\b|ENTIRE TEXT|---)`;
const endPattern = new RegExp(
  [blankLineSource, referencesSource, authoritySource, firstParagraphSource, nextPartSource].join('|'),
);
