/**
 * Page breaks inside paragraphs: `ASTANA 00002244  001.8 OF 004`; in older cables `CONFIDENTIAL PAGE 02 ROME 01196
 * 01 OF 02 082030Z`; `PAGE 03 RUEHFRA0170 S E C R E T`; the heading that a cable in sections repeats. Undefined: the line is nothing else.
 */
export function withoutPageBreak(line: string): string | undefined {
  if (line.trim() === 'SIPDIS') return undefined;
  const rest = cutPageBreaks(line, []);
  return rest !== line && rest.trim() === '' ? undefined : rest;
}

/** The line without page breaks, which are added to `residue` as printed. */
export function cutPageBreaks(line: string, residue: string[]): string {
  if (line.length < minLength) return line;
  const words = line.trim();
  if (!mayBreak(line, words)) return line;
  if (!alonePattern.test(words)) return withoutPageBreaks(line, residue);
  residue.push(words);
  return '';
}

/** Removes page breaks from a text of several lines, including one torn over two lines. */
export function withoutPageBreaks(text: string, residue: string[] = []): string {
  const cut = (match: string): string => {
    residue.push(match.trim());
    return ' ';
  };
  const rest = ofPagesPattern.test(text) ? text.replaceAll(pagePattern, cut) : text;
  return rest.includes('PAGE ') ? rest.replaceAll(oldPagePattern, cut) : rest;
}

const minLength = 12;

function mayBreak(line: string, words: string): boolean {
  return line.includes('OF ') || line.includes('PAGE ') || isDigitWord(words);
}

/** Ends like `TRIPOLI 00000402`, the first half of a torn page break. */
function isDigitWord(words: string): boolean {
  if (words.length > 40) return false;
  const code = words.charCodeAt(words.length - 8);
  return code === 48 && words.charCodeAt(words.length - 9) === 32 && words.charCodeAt(words.length - 7) === 48;
}

/** Post as printed: up to four words. Blanks are bounded everywhere, so that a hostile line costs no more than its length. */
const postSource = String.raw`[A-Z][A-Z'-]{1,20}(?: {1,3}[A-Z][A-Z'-]{0,20}){0,3}`;
/** A prefilter that takes a hundredth of the time: most texts have no page break. */
const ofPagesPattern = /OF\s{1,9}\d{3}(?!\d)/;
const pagePattern = new RegExp(
  String.raw`(?<![A-Z'-])${postSource}\s{1,12}\d{8}\s{1,12}\d{3}(?:\.\d)?\s{1,9}OF\s{1,9}\d{3}(?!\d)`,
  'g',
);
const levelSource = String.raw`(?:(?:UNCLASSIFIED|UNCLAS|CONFIDENTIAL|SECRET|LIMITED OFFICIAL USE)(?: NOFORN)?\s{1,80})`;
const spacedSource = String.raw`(?:C O N F I D E N T I A L|S E C R E T|UNCLAS(?:SIFIED)?|CONFIDENTIAL|SECRET)(?![A-Za-z])(?: NOFORN\b)?`;
const oldPagePattern = new RegExp(
  [
    String.raw`${levelSource}?PAGE\s{1,9}\d\d\s{1,20}${postSource}\s{1,20}\d{5,6}\s{1,9}(?:\d\d\s{1,5}OF\s{1,5}\d\d\s{1,9})?\d{6}Z`,
    String.raw`PAGE\s{1,9}\d\d\s{1,9}RU[A-Z]{3,6}\s{0,3}\d{3,5}\b(?:\s{1,9}${spacedSource})?`,
  ].join('|'),
  'g',
);
/** Halves of a torn page break, and the heading of a further section. */
const alonePattern = new RegExp(
  String.raw`^(?:\d{3}(?:\.\d)? {1,9}OF {1,9}\d{3}|${postSource} {1,9}0\d{7}|(?:UNCLAS|C O N F I D E N T I A L|S E C R E T)[A-Z ]{0,30} SECTION \d\d OF \d\d ${postSource} \d{6})$`,
);
