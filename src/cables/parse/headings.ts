import { HYPHEN, isBlank, isLower, isUpper } from './characters.ts';

/** `--------------------------------------------- ------` */
export function isRule(line: string): boolean {
  let hyphens = 0;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === HYPHEN) hyphens += 1;
    else if (!isBlank(code)) return false;
  }
  return hyphens >= 3;
}

/** Number of rows without what stands after the paragraph: blank lines, the next heading with its rules, the signature. */
export function rowsWithoutHeading(rows: readonly string[], isLast: boolean): number {
  const full = lastFull(rows, rows.length);
  if (full <= 1) return full;
  const printed = isLast ? withoutPrinter(rows, full) : full;
  const ruled = beforeRules(rows, printed);
  if (ruled < printed)
    return Math.max(1, lastFull(rows, beforeRules(rows, lastFull(rows, beforeHeading(rows, ruled, true)))));
  const above = beforeHeading(rows, printed, false);
  if (above === printed) return printed;
  return Math.max(1, lastFull(rows, beforeRules(rows, lastFull(rows, above))));
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

const LONGEST_HEADING = 90;
const MOST_HEADING_LINES = 3;

/** A block of short lines: under a rule whatever its case, else set off by a blank line and no sentence. */
function beforeHeading(rows: readonly string[], count: number, ruled: boolean): number {
  let first = count;
  while (first > 0 && count - first < MOST_HEADING_LINES && isHeadingLine(rows[first - 1] ?? '')) first -= 1;
  if (first === count || first === 0) return count;
  const isSetOff = (rows[first - 1] ?? '').trim() === '' || isRule(rows[first - 1] ?? '');
  if (isSetOff && (ruled || isTitle(rows.slice(first, count)))) return first;
  // Without a blank line only capitals tell a heading from the paragraph's last line.
  if (!ruled) return count;
  let capital = count;
  while (capital > first && isUpperCase(rows[capital - 1] ?? '')) capital -= 1;
  return capital;
}

function isHeadingLine(row: string): boolean {
  const line = withoutRule(row).trim();
  return line !== '' && line.length <= LONGEST_HEADING && !/^(?:[-*•o] |\(?\w{1,3}[.)] )/.test(line);
}

/** `WHAT HAPPENS NEXT -----------------`: copies whose lines ran together have the rule in the heading's line. */
export function withoutRule(row: string): string {
  if (!/-{5}\s{0,9}$/.test(row.slice(-15))) return row;
  let end = row.length;
  while (end > 0 && (row.charCodeAt(end - 1) === HYPHEN || isBlank(row.charCodeAt(end - 1)))) end -= 1;
  return row.slice(0, end);
}

/** Capitals, or no end of a sentence and more capitals than small first letters. */
function isTitle(rows: readonly string[]): boolean {
  if (rows.every(isUpperCase)) return true;
  if (rows.length > 1) return false;
  const line = withoutRule(rows[0] ?? '').trim();
  if (/[.!?,;)"'”’]$/.test(line)) return false;
  const words = line.split(' ').filter((word) => word.length > 3);
  return words.length > 0 && words.every((word) => !isLower(word.charCodeAt(0))) && isUpper(line.charCodeAt(0));
}

function isUpperCase(row: string): boolean {
  return /[A-Z]/.test(row) && !/[a-z]/.test(row) && !row.startsWith('END ') && !/[a-z0-9]\./.test(row);
}

/** The last paragraph's text without the signature that a copy whose lines ran together has at its end: `... next week. CLINTON`. */
export function withoutSignature(text: string): string {
  const signature = /[.!?)"”] {1,6}[A-Z][A-Z'-]{2,20}$/.exec(text.slice(-40));
  return signature === null || !/[a-z]/.test(text) ? text : text.slice(0, text.length - signature[0].length + 1);
}

/** A newspaper's printer left `Track impresión: name @ date ...` below the last paragraph. */
function withoutPrinter(rows: readonly string[], count: number): number {
  for (let row = Math.max(1, count - 4); row < count; row += 1) {
    if ((rows[row] ?? '').startsWith('Track impresi')) return lastFull(rows, row);
  }
  return count;
}
