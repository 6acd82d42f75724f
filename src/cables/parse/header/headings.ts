import { hyphen, isBlank, isLower, isUpper } from '../characters.ts';

/** `--------------------------------------------- ------` */
export function isRule(line: string): boolean {
  let hyphens = 0;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === hyphen) hyphens += 1;
    else if (!isBlank(code)) return false;
  }
  return hyphens >= 3;
}

/** Number of rows without those after the paragraph: blank lines, the next heading with its rules, the signature. */
export function rowsWithoutHeading(rows: readonly string[]): number {
  const full = lastFull(rows, rows.length);
  if (full <= 1) return full;
  const ruled = beforeRules(rows, full);
  if (ruled < full)
    return Math.max(1, lastFull(rows, beforeRules(rows, lastFull(rows, beforeHeading(rows, ruled, true)))));
  const last = rows[full - 1] ?? '';
  const above = beforeHeading(rows, full, withoutRule(last) !== last);
  if (above === full) return full;
  return Math.max(1, lastFull(rows, beforeRules(rows, lastFull(rows, above))));
}

/** `This week's subjects: A BRIDGE OPENS -----`: the words before the colon end the paragraph, the capitals are the heading. */
export function withHeadingApart(rows: readonly string[]): readonly string[] {
  const at = lastFull(rows, rows.length) - 1;
  const row = rows[at] ?? '';
  const words = withoutRule(row);
  if (words === row) return rows;
  const [introduction, heading] = [words.slice(0, words.indexOf(': ') + 1), words.slice(words.indexOf(': ') + 2)];
  // `Comment: A BRIDGE OPENS` is a heading as a whole.
  if (!/[a-z].* .*:/.test(introduction) || !isHeadingLine(heading, true)) return rows;
  return [...rows.slice(0, at), introduction, '', row.slice(introduction.length)];
}

/** The words of the rows that `rowsWithoutHeading` does not count; empty if they are but rules. */
export function headingOf(rows: readonly string[]): string {
  if (rows.length === 0) return '';
  const words = rows.map((row) => (isRule(row) ? '' : withoutRule(row).trim()));
  return words.filter((row) => row !== '').join(' ');
}

/** The ruled heading below a message's opening, with its rules, or no rows: other capitals there belong to labels. */
export function ruledHeading(opening: readonly string[]): readonly string[] {
  const full = lastFull(opening, opening.length);
  const last = opening[full - 1] ?? '';
  if (!isRule(last) && withoutRule(last) === last && !/^summary:?$/i.test(last.trim())) return [];
  const rows = ['', ...opening.slice(0, full)];
  return rows.slice(rowsWithoutHeading(rows));
}

function lastFull(rows: readonly string[], count: number): number {
  let last = count;
  while (last > 0 && (rows[last - 1] ?? '').trim() === '') last -= 1;
  return last;
}

function beforeRules(rows: readonly string[], count: number): number {
  let last = count;
  while (last > 0 && isRule(rows[last - 1] ?? '')) last = lastFull(rows, last - 1);
  return last;
}

const maxHeadingLength = 90;
const maxHeadingLines = 3;

/** A block of short lines: under a rule in any case, otherwise set off by a blank line and not a sentence. */
function beforeHeading(rows: readonly string[], count: number, ruled: boolean): number {
  const inCapitals = isUpperCase(rows[count - 1] ?? '');
  let first = count;
  while (first > 1 && count - first < maxHeadingLines && isHeadingLine(rows[first - 1] ?? '', inCapitals)) first -= 1;
  if (first === count) return count;
  const isSetOff = (rows[first - 1] ?? '').trim() === '' || isRule(rows[first - 1] ?? '');
  // Without a blank line, only capitals under a rule distinguish a heading from the paragraph's last line.
  if (!isSetOff) return ruled && inCapitals ? first : count;
  return ruled || isTitle(rows.slice(first, count), rows.slice(0, first)) ? first : count;
}

function isHeadingLine(row: string, inCapitals: boolean): boolean {
  const line = withoutRule(row).trim();
  if (line === '' || line.length > maxHeadingLength || /^(?:[-*•o] |\(?\w{1,3}[.)] )/.test(line)) return false;
  return inCapitals ? isUpperCase(line) : !/[.!?]["”')]?$/.test(line);
}

/** `WHAT HAPPENS NEXT -----------------`: copies whose lines ran together have the rule in the heading's line. */
export function withoutRule(row: string): string {
  if (!/-{5}\s{0,9}$/.test(row.slice(-15))) return row;
  let end = row.length;
  while (end > 0 && (row.charCodeAt(end - 1) === hyphen || isBlank(row.charCodeAt(end - 1)))) end -= 1;
  return row.slice(0, end);
}

/** Not the end of a sentence; and in capitals unlike the paragraph, or short, or with a capital in each longer word. */
function isTitle(rows: readonly string[], above: readonly string[]): boolean {
  const last = withoutRule(rows.at(-1) ?? '').trim();
  if (/[.!?,;)"'”’]$/.test(last)) return false;
  if (rows.every(isUpperCase)) return isSignature(rows) || !above.every((row) => row.trim() === '' || isUpperCase(row));
  const words = last.split(' ').filter((word) => word.length > 3);
  return (
    rows.length === 1 &&
    words.length > 0 &&
    words.every((word) => !isLower(word.charCodeAt(0))) &&
    isUpper(last.charCodeAt(0))
  );
}

/** One or two words: a signature, or `COMMENT`. */
function isSignature(rows: readonly string[]): boolean {
  return rows.length === 1 && /^[A-Z'-]{2,20}(?: [A-Z'-]{2,20})?$/.test((rows[0] ?? '').trim());
}

function isUpperCase(row: string): boolean {
  return /[A-Z]/.test(row) && !/[a-z]/.test(row) && !row.startsWith('END ');
}
