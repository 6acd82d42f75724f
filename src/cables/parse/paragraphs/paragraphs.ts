import type { Warning, Paragraph, AnchorTarget, Residue, Section } from '../../../core/cable.ts';
import { headingOf, rowsWithoutHeading, ruledHeading, withHeadingApart } from '../header/headings.ts';
import { withoutClosing, withoutInlineClosing } from './closing.ts';
import { cutParagraphs, type Rows } from './paragraph-rows.ts';
import { readLineStarts, withWholeMarkings, type Anchor } from './paragraph-starts.ts';
import { joinRows, type Joined } from './paragraph-text.ts';
import { withoutRepeats } from './repeats.ts';
import { withoutResidue } from './residue.ts';
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

/** A body: the lines before the first paragraph, the paragraphs in order, the old viewer's anchors in page order. */
export interface Body extends Found {
  readonly opening: readonly string[];
  readonly paragraphs: readonly PlacedParagraph[];
  readonly anchors: readonly Anchor[];
}

/** What stands between, inside and below the paragraphs. */
interface Found {
  readonly sections: Section[];
  readonly residue: Residue[];
  readonly warnings: Warning[];
  signature: string | null;
}

export function readParagraphs(printed: readonly string[]): Body {
  const own = withoutSiteFooter(printed);
  const ours = withWholeMarkings(own);
  const { starts, anchors } = readLineStarts(ours);
  const accepted = inSequence(starts, ours);
  const { lines, warnings: repeats } = withoutRepeats(ours, starts, accepted);
  const [{ rows: opening } = { rows: lines }, ...cut] = cutParagraphs(lines, accepted);
  const [first] = cut;
  const found: Found = { sections: [], residue: [], warnings: [], signature: null };
  if (first === undefined) found.signature = withoutClosing(opening).signature;
  else addSection(found, ruledHeading(opening), first.number);
  const lineJoins = lineJoinsOf(lines);
  const paragraphs = cut.map((rows, index) => readParagraph(rows, cut[index + 1]?.number, lineJoins, found));
  const siteWarnings: Warning[] = [];
  if (own !== printed) {
    siteWarnings.push({
      code: 'not-cable-text',
      paragraph: null,
      message: "a printer's lines at the end are left out",
    });
    addResidue(found, cut.at(-1)?.number ?? null, printed.slice(own.length));
  }
  const warnings = [
    ...missingNumbers(paragraphs),
    ...secondNumbers(cut),
    ...repeats,
    ...siteWarnings,
    ...found.warnings,
  ];
  return { ...found, opening, paragraphs, anchors, warnings };
}

/** `next` is the number of the next paragraph; below the last one the message closes. */
function readParagraph(cut: Rows, next: number | undefined, lineJoins: LineJoins, found: Found): PlacedParagraph {
  const { number, marking, line, atLineStart } = cut;
  const isLast = next === undefined;
  const clean = withoutResidue(cut.rows);
  const closing = isLast ? withoutClosing(clean.rows) : undefined;
  const rows = withHeadingApart(closing?.rest ?? clean.rows);
  const count = rowsWithoutHeading(rows);
  const body = joinRows(rows, count, lineJoins);
  const inline = closing === undefined ? undefined : withoutInlineClosing(body.text, closing.signature !== null);
  const text = inline?.rest ?? body.text;
  addResidue(found, number, [...clean.residue, ...(inline?.residue ?? []), ...(closing?.residue ?? [])]);
  if (isLast) {
    found.signature = closing?.signature ?? inline?.signature ?? null;
    addResidue(found, number, [headingOf(rows.slice(count))]);
  } else if (count < rows.length) addSection(found, rows.slice(count), next);
  addWarnings(found, number, { ...body, text }, { isLast, lost: lineJoins.takeLost() });
  return { number, marking, text, line, atLineStart };
}

function addSection({ sections }: Found, rows: readonly string[], paragraph: number): void {
  const heading = headingOf(rows);
  if (heading !== '') sections.push({ heading, paragraph });
}

function addResidue({ residue }: Found, paragraph: number | null, texts: readonly string[]): void {
  for (const text of texts) if (/[\p{L}\p{N}]/u.test(text)) residue.push({ paragraph, text: text.trim() });
}

function addWarnings(
  { warnings }: Found,
  paragraph: number,
  joined: Joined,
  { isLast, lost }: { isLast: boolean; lost: readonly string[] },
): void {
  for (const message of lost) warnings.push({ code: 'broken-word', paragraph, message });
  if (joined.text === '') warnings.push({ code: 'cut-off', paragraph, message: `paragraph ${paragraph} is empty` });
  else if (isCutOff(joined, isLast)) {
    const end = joined.text.slice(-30).trim();
    warnings.push({
      code: 'cut-off',
      paragraph,
      message: `paragraph ${paragraph} stops inside a sentence: "...${end}"`,
    });
  }
}

/**
 * Removes the lines that a newspaper's printer added after a page's message: `Track impresión: name @ date. Este documento
 * es propiedad de ...` and a document number.
 */
function withoutSiteFooter(lines: readonly string[]): readonly string[] {
  for (let line = Math.max(0, lines.length - maxFooterLines); line < lines.length; line += 1) {
    if ((lines[line] ?? '').startsWith('Track impresi')) return lines.slice(0, line);
  }
  return lines;
}

const maxFooterLines = 5;

/** True if the text stops inside a sentence: rows are lost before the next number, or the page ends. */
function isCutOff({ text, lastRow, endsInList }: Joined, isLast: boolean): boolean {
  const end = text.slice(-60);
  if (isLast && /[A-Za-z](?:\.\.\.|…)$/.test(end)) return true;
  if (endsInList || text.length < minProseLength || !/[A-Za-z0-9,-]$/.test(end)) return false;
  if (
    /\bend\b[^.]{0,40}$/i.test(end) ||
    /xx$/i.test(end) ||
    /\b[A-Z]{2,}$/.test(end) ||
    /(?:https?:|www\.)\S*$/.test(end)
  )
    return false;
  return (
    lastRow.trimEnd().length >= fullRowLength ||
    /(?:,|\b(?:a|an|and|as|at|but|by|for|from|in|of|on|or|that|the|to|will|with))$/.test(end)
  );
}

/** Shorter texts are titles: `3. (U) Participants`. */
const minProseLength = 100;

/** A row this long continues in the next one; a missing full stop alone occurs in shorter rows. */
const fullRowLength = 50;

/** Warnings about skipped numbers, and about a text without any. */
function missingNumbers(paragraphs: readonly Pick<Paragraph, 'number'>[]): Warning[] {
  if (paragraphs.length === 0)
    return [{ code: 'no-paragraphs', paragraph: null, message: 'the text has no numbered paragraphs' }];
  const warnings: Warning[] = [];
  let expected = 1;
  for (const { number } of paragraphs) {
    if (number > expected)
      warnings.push({ code: 'missing-paragraphs', paragraph: expected, message: gap(expected, number - 1) });
    expected = number + 1;
  }
  return warnings;
}

function gap(first: number, last: number): string {
  return first === last ? `paragraph ${first} is missing` : `paragraphs ${first} to ${last} are missing`;
}

/** `17. 15. Comment`: the copy was renumbered and kept the old numbers. */
function secondNumbers(cut: readonly Rows[]): Warning[] {
  const doubled = cut.flatMap(({ number, marking, rows }) => {
    const second = marking === null ? /^\s{0,9}(\d{1,3}\.)\s/.exec((rows[0] ?? '').slice(0, 20))?.[1] : undefined;
    return second === undefined ? [] : [{ number, second }];
  });
  const [first, ...others] = doubled;
  if (first === undefined) return [];
  const more =
    others.length === 0 ? '' : `, and ${others.length} more ${others.length === 1 ? 'has one' : 'have one'} too`;
  const message = `paragraph ${first.number} has a second number, "${first.second}"${more}`;
  return [{ code: 'renumbered', paragraph: first.number, message }];
}

/** The target of each `#parN`. A browser goes to the first anchor of an id. Anchors are in page order. */
export function anchorTargetsOf(anchors: readonly Anchor[], paragraphs: readonly PlacedParagraph[]): AnchorTarget[] {
  const anchorTargets: AnchorTarget[] = [];
  const seen = new Set<string>();
  let next = 0;
  for (const anchor of anchors) {
    while (next < paragraphs.length && isAtOrBefore(paragraphs[next], anchor.line)) next += 1;
    if (seen.has(anchor.id)) continue;
    seen.add(anchor.id);
    const paragraph = paragraphs[next - 1];
    const exact = paragraph !== undefined && paragraph.line === anchor.line && anchor.id === `par${paragraph.number}`;
    anchorTargets.push({ anchor: anchor.id, paragraph: paragraph?.number ?? null, exact });
  }
  return anchorTargets;
}

/** An anchor is at its line's start: a paragraph that begins in mid-line comes after it. */
function isAtOrBefore(paragraph: PlacedParagraph | undefined, line: number): boolean {
  if (paragraph === undefined) return false;
  return paragraph.atLineStart ? paragraph.line <= line : paragraph.line < line;
}
