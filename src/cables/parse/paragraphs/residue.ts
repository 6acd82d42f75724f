import { isBlank } from '../characters.ts';
import { cutPageBreaks } from './page-break.ts';

/** Rows without what is not the drafter's text, and those parts as printed. */
export interface Cleaned {
  readonly rows: readonly string[];
  readonly residue: readonly string[];
}

/** Stands in place of a whole row of residue: blank, but not a blank line of the cable. */
export const residueRow = '\f';

/**
 * Takes page breaks, the word SIPDIS, classification lines, distribution tables and literal HTML tags out of a paragraph's rows. Real
 * cables: 06MOSCOW12751 (SIPDIS in mid-sentence), 07PARIS170 (`PAGE 03 RUEHFRA0170`), 00HARARE6677 (classification lines), 09LAPAZ96 (`<br>`).
 */
export function withoutResidue(rows: readonly string[]): Cleaned {
  const whole = rows.join('\n');
  if (!signs.test(whole)) return { rows, residue: [] };
  const mayBreak = breakSigns.test(whole);
  const mayBeLevel = levelSigns.test(whole);
  const isDistribution = whole.includes('LOG-0');
  const residue: string[] = [];
  const clean = rows.map((row, index) => {
    if (mayBeLevel && row.length <= maxLevelLength && isResidueRow(row, rows, index)) residue.push(row.trim());
    else if (isDistribution && distributionPattern.test(row)) residue.push(row.trim());
    else {
      const rest = cutInline(mayBreak ? cutPageBreaks(row, residue) : row, residue);
      return rest !== row && rest.trim() === '' ? residueRow : rest;
    }
    return residueRow;
  });
  return { rows: residue.length === 0 ? rows : clean, residue };
}

/** Page breaks and levels have one of these. */
const breakSigns = /OF 0|0000|PAGE |SECTION /;
const levelSigns = /SIPDIS|SECRET|S E C R|CONFIDENTIAL|C O N F|UNCLAS|LIMITED OFFICIAL/;
/** All residue has one of these; most paragraphs have none. */
const signs = new RegExp(`${breakSigns.source}|${levelSigns.source}|LOG-0|<`);

const centredIndent = ' '.repeat(10);
const levelPattern =
  /^(?:UNCLASSIFIED|UNCLAS|LIMITED OFFICIAL USE|C ?O ?N ?F ?I ?D ?E ?N ?T ?I ?A ?L|S ?E ?C ?R ?E ?T)(?:[/ ]{1,3}(?:NOFORN|SENSITIVE|SBU|FOR OFFICIAL USE ONLY)){0,2}$/;
/** `INFO LOG-00 EUR-01 ACQ-00`, and the rule below: `------------------AA1234 291401Z /38` */
const distributionPattern =
  /^\s{0,40}(?:(?:ACTION|INFO)\s{1,9})?(?:[A-Z/]{1,6}-0\d(?:\s{1,9}|$)){2}|^\s{0,40}-{5,60}[A-Z0-9]{6} {1,9}\d{6}Z \/\d\d/;

/** A classification line is centred, or set off by a blank line: a wrapped sentence may end in the word. */
function isResidueRow(row: string, rows: readonly string[], index: number): boolean {
  const words = row.trim();
  if (words === 'SIPDIS') return true;
  if (!levelPattern.test(words)) return false;
  return row.startsWith(centredIndent) || isEmpty(rows[index - 1]) || isEmpty(rows[index + 1]);
}

/** With the blanks that centre it. */
const maxLevelLength = 120;

function isEmpty(row: string | undefined): boolean {
  for (let at = 0; at < (row?.length ?? 0); at += 1) if (!isBlank(row?.charCodeAt(at) ?? 0)) return false;
  return true;
}

function cutInline(row: string, residue: string[]): string {
  let rest = row;
  if (rest.includes('SIPDIS')) rest = rest.replaceAll(strayPattern, cut(' ', residue));
  if (rest.includes('<'))
    rest = rest.replaceAll(tagPattern, cut('', residue)).replaceAll(cellPattern, cut(' ', residue));
  return rest;
}

function cut(instead: string, residue: string[]): (match: string) => string {
  return (match) => {
    residue.push(match.trim());
    return instead;
  };
}

/** Printers put SIPDIS below a page's head, so copies have it in mid-sentence. A cable may also speak of the caption. */
const strayPattern = new RegExp(
  [
    String.raw`\s{0,9}SIPDIS(?=\s|$)(?<![A-Z/"“'‘(-]SIPDIS)`,
    String.raw`(?<!\b(?:slug|caption|mark|label)[a-z]{0,5}\b[^.]{0,30}SIPDIS)`,
    String.raw`(?<!\b(?:as|not|non|no|add|and|or|all|with|by|use|via)\s{0,9}SIPDIS)`,
    String.raw`(?!\s{0,9}(?:channel|caption|distribution|slug|cable|message|tag|telegram|traffic|addressee|post)s?\b)\s{0,9}`,
  ].join(''),
  'g',
);

const tagPattern = /<\/?(?:em|strong|span|font|sup|sub|[biu])(?:\s[^<>]{0,200})?\/?>/gi;
const cellPattern = /<\/?(?:br|p|div|table|tbody|tr|td|th|ul|ol|li|hr)(?:\s[^<>]{0,200})?\s?\/?>/gi;
