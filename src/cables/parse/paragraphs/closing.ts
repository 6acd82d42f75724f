/** The end of a message: its last paragraph as far as it goes, and what is printed below. */
export interface Closing<Text> {
  readonly rest: Text;
  /** The name as printed: `CLINTON`. */
  readonly signature: string | null;
  /** A post's footer, end marks. */
  readonly residue: readonly string[];
}

/**
 * Parts the closing from a last paragraph, row by row from below: a name, the post's footer (`Visit Paris' Classified Website at: ...`,
 * in Tel Aviv between rules of asterisks), `MINIMIZE CONSIDERED`, the transmission's end (`BT`, `NNNN`). The first row stays.
 */
export function withoutClosing(rows: readonly string[]): Closing<readonly string[]> {
  const residue: string[] = [];
  let signature: string | null = null;
  let end = rows.length;
  let next = end;
  while (next > 1) {
    const row = (rows[next - 1] ?? '').trim();
    if (row === '' || rulePattern.test(row)) {
      next -= 1;
      continue;
    }
    const isEnd = endPattern.test(row);
    const isName = !isEnd && signature === null && isSignature(row, (rows[next - 2] ?? '').trim());
    const first = isName || isEnd ? next - 1 : startOfFooter(rows, next);
    if (first === undefined) break;
    if (isName) signature = row;
    else residue.unshift(joined(rows.slice(first, next)));
    next = first;
    end = next;
  }
  while (end > 1 && rulePattern.test((rows[end - 1] ?? '-').trim())) end -= 1;
  return { rest: end === rows.length ? rows : rows.slice(0, end), signature, residue };
}

/** The same in one line, as in copies whose lines ran together: `... next week. CLINTON`. A message has one signature. */
export function withoutInlineClosing(text: string, isSigned: boolean): Closing<string> {
  const residue: string[] = [];
  let rest = text;
  const signature = isSigned ? null : (inlineNamePattern.exec(rest.slice(-maxInlineName))?.[1] ?? null);
  if (signature !== null) rest = rest.slice(0, -signature.length).trimEnd();
  for (const [sign, pattern] of inlineClosings) {
    const tail = rest.slice(-maxTail);
    const [found] = (sign.test(tail) ? pattern.exec(tail) : null) ?? [];
    if (found === undefined) continue;
    residue.unshift(found.trim());
    rest = rest.slice(0, -found.length);
  }
  return { rest, signature, residue };
}

/** Hyphens, asterisks, signs of equality. An empty row counts too. */
const rulePattern = /^[-*=_~+#\s]*$/;
const minimizeSource = String.raw`MINIMIZE (?:IS )?(?:CONSIDERED|IN EFFECT|OBSERVED)`;
/** The transmission's own end, and classification lines. */
const endPattern = new RegExp(
  String.raw`^(?:BT|NNNN|#\d{4}|${minimizeSource}\.?|=*CABLE ENDS=*|(?:UNCLASSIFIED|CONFIDENTIAL|SECRET|S E C R E T|C O N F I D E N T I A L)(?:\/\/? ?[A-Z ]{2,24})?)$`,
  'i',
);

const siteSource = String.raw`(?:please )?visit\b[^]{0,100}?\bweb ?(?:site|page)s?\b(?=[^]{0,120}(?:https?:|www\.|\.gov\b|siprnet))[^]{0,300}`;
const footerPattern = new RegExp(String.raw`^\W{0,9}${siteSource}$`, 'i');
const maxFooterRows = 8;

/** The row where a footer begins that ends at `end`. */
function startOfFooter(rows: readonly string[], end: number): number | undefined {
  for (let first = end - 1; first > 0 && first >= end - maxFooterRows; first -= 1) {
    if (!/^\W{0,9}(?:please )?visit\b/i.test((rows[first] ?? '').slice(0, 30))) continue;
    return footerPattern.test(joined(rows.slice(first, end))) ? first : undefined;
  }
  return undefined;
}

function joined(rows: readonly string[]): string {
  return rows
    .map((row) => row.trim())
    .filter((row) => !rulePattern.test(row))
    .join(' ');
}

const capitalsSource = String.raw`[A-Z][A-Z'’.-]{1,24}(?: [A-Z][A-Z'’.-]{0,24}){0,2}`;
const namePattern = new RegExp(
  String.raw`^(?:${capitalsSource}|[A-Z][a-z’'-]{2,20}(?:[A-Z][a-z]{2,20})?)(?: ?#{1,2})?$`,
);
/** One or two words that are no name. */
const noNamePattern =
  /\b(?:END|COMMENTS?|SUMMARY|NOTE|ANNEX|ATTACHMENTS?|ENCLOSURES?|APPENDIX|TABLE|TOTALS?|INTRODUCTION|CONCLUSION|OF|AND|THE|FOR|IN|TO|ON|SIPDIS|BIO|PARTICIPANTS)\b/i;

/** A name below a blank line, a rule, a footer or the end of a sentence; a wrapped sentence may end in a word of capitals. */
function isSignature(row: string, above: string): boolean {
  if (row.length > maxNameLength || !namePattern.test(row) || noNamePattern.test(row)) return false;
  return rulePattern.test(above) || /[.!?)\]"”’*]$|(?:https?:|www\.|\.gov)\S*(?: fm)?$/.test(above);
}

const maxNameLength = 40;
const maxTail = 600;
/** With the URL before it. */
const maxInlineName = 140;
const inlineNamePattern =
  /(?:(?<![\s.][A-Z])[.!?)"”*]|(?:https?:|www\.|\.gov)\S{0,80}(?: fm)?) {1,6}([A-Z][A-Z'-]{2,20})$/;
const inlineMinimizePattern = new RegExp(String.raw`(?<=[.!?)"”]) {1,6}${minimizeSource}\.?$`);
const inlineFooterPattern = new RegExp(String.raw`(?<=[.!?)"”*]) {1,6}\*{0,90}\s?${siteSource}$`, 'i');
/** Each with a word that is quick to search for. */
const inlineClosings = [
  [/MINIMIZE/, inlineMinimizePattern],
  [/visit /i, inlineFooterPattern],
] as const;
