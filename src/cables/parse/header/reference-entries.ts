import { isDigit, isUpper } from '../characters.ts';
import { stationNamed } from '../../ids/stations.ts';
import { isMarking } from '../paragraphs/marking.ts';
import { withoutPageBreaks } from '../paragraphs/page-break.ts';

/** The REF line with its continuations, blanks collapsed; undefined if there is none. */
export function referenceBlock(text: string): string | undefined {
  const label = labelPattern.exec(text);
  if (label === null) return undefined;
  const start = label.index + label[0].length;
  const after = withoutPageBreaks(text.slice(start, start + maxLength));
  const end = endOfBlock(after);
  const block = after
    .slice(0, end)
    .replaceAll(/[¶\uFFFD\\\s]+/g, ' ')
    .trim();
  const letter = label[1] ?? '';
  return letter === '' ? withoutNumbers(block) : `${letter}. ${block}`;
}

/** `1) STATE 12 2) PARIS 14` with its entries parted by semicolons. */
function withoutNumbers(block: string): string {
  if (!/^1[.)] /.test(block)) return block;
  let next = 1;
  return block.replaceAll(/(?<!\S)(\d{1,2})[.)](?= )/g, (written, number) => {
    if (Number(number) !== next) return written;
    next += 1;
    return ';';
  });
}

const maxLength = 3000;

/**
 * `REF:`, `Refs:`, `Ref(s):`, `REFTEL:`, `A. REF AMMAN 222`, glued to the word before (`EGYPTREF: CAIRO 493`) or without colon at a line's
 * start.
 */
const labelPattern = new RegExp(
  [
    String.raw`(?:^|\n)[ \t]{0,20}(?:([A-Z])[.)] {1,3})?(?:REF|Ref)(?:S|s|\(S\)|\(s\)|TELS?|tels?|ERENCES?|erences?)?(?:[ \t]?[:.;]|(?=[ \t]+[A-Z0-9([]))`,
    String.raw`(?:REF(?:S|\(S\)|TELS?|ERENCES?)?|\bRef(?:s|\(s\)|tels?|erences?)?)[ \t]?:`,
  ].join('|'),
);

const firstParagraphSource = String.raw`(?:\n[ \t¶\uFFFD]{0,20}|[ \t])1[.)][ \t]{0,4}(?=\([A-Z]|[A-Z][a-z]|[A-Z]{3})(?![ \t]{0,4}\([A-Z]\) )|¶1\.|\n[ \t¶\uFFFD]{0,20}1\.`;
const levelsSource = String.raw`\b(?:C O N F I D|S E C R E T|S e c r e t|UNCLAS|Unclas)|\n[ \t]{0,40}(?:CONFIDENTIAL|SECRET)[ \t]{0,9}(?=\n)`;
const nextPartSource = String.raw`(?:CLASSIFIED|Classified|classified)\s{1,3}[Bb][Yy]|\b(?:SUMMARY|Summary|SENSITIVE BUT|Sensitive [Bb]ut|This (?:message|cable)|THIS (?:MESSAGE|CABLE)|DERIVED FROM|SUBJECT|TAGS|SIPDIS)\b|\bE\.?O\.? ?\d{5}|----`;
const endPattern = new RegExp(
  [firstParagraphSource, levelsSource, nextPartSource, String.raw`\n[ \t\\]{0,80}\n`].join('|'),
  'g',
);

/** A blank line ends the list, unless the next line goes on with it. */
function endOfBlock(after: string): number {
  for (const { index, 0: end } of after.matchAll(endPattern)) {
    if (after.slice(0, index).trim() === '' && isEnumerated(after.slice(index))) continue;
    const isBlank = end.startsWith('\n') && end.trim().replaceAll('\\', '') === '';
    if (!isBlank || !continues(after.slice(0, index), after.slice(index + end.length))) return index;
  }
  return after.length;
}

/** `1) STATE 12 2) PARIS 14`: the list's own numbers, where `1.` could also begin the first paragraph. */
function isEnumerated(rest: string): boolean {
  const name =
    /^[\s¶\uFFFD]{0,20}1[.)]\s{0,9}(?:\d{2}(?:\d\d)?\s{1,3})?(\p{Lu}[\p{L} '’-]{1,30}?)\s{1,3}\d{1,8}\b/u.exec(
      rest,
    )?.[1];
  return name !== undefined && stationNamed(name) !== undefined;
}

/** True behind a blank line for the next letter, a serial, and a station, whose name may have begun before the blank line. */
function continues(block: string, rest: string): boolean {
  if (/^[\s¶\uFFFD-]{0,40}(?:\(?\[?[A-Z][.):\]]|\d{1,8}[ \t]{0,9}(?:\(|\n|;|,|$))/.test(rest)) return true;
  const name = /^[\s\\]{0,40}(?:\d{2}(?:\d\d)?\s{1,3})?(\p{Lu}[\p{L} '’-]{1,30}?)\s{1,3}\d{1,8}\b/u.exec(rest)?.[1];
  if (name === undefined) return false;
  const before = block.slice(-40).match(/[\p{L}'’-]+/gu) ?? [];
  return [0, 1, 2].some(
    (count) => stationNamed([...(count === 0 ? [] : before.slice(-count)), name].join(' ')) !== undefined,
  );
}

/** One entry of a REF line. */
export interface Entry {
  readonly letter: string | null;
  readonly text: string;
}

/**
 * Splits a REF line at its letters (`A.`, `(B)`, `c)`, `[D]`, `E:`, a bare `F`) and at semicolons. A letter counts only if it is the next
 * one, so that initials stay in their entry; a doubled letter (`A. (A)`, `B. B:`) counts once.
 */
export function splitEntries(block: string): Entry[] {
  const letters = lettersOf(block);
  const entries: Entry[] = [];
  const pushParts = (letter: string | null, text: string): void => {
    for (const part of text.split(';')) {
      const trimmed = part.replace(/^[\s,.:]+/, '').replace(/[\s,.-]+$/, '');
      if (trimmed !== '') entries.push({ letter, text: trimmed });
    }
  };
  pushParts(null, block.slice(0, letters[0]?.start ?? block.length));
  for (const [index, each] of letters.entries()) {
    const text = block.slice(each.end, letters[index + 1]?.start ?? block.length);
    pushParts(each.letter, withoutDoubling(text, each.letter));
  }
  return entries;
}

interface EntryLetter {
  readonly letter: string;
  readonly start: number;
  readonly end: number;
}

function lettersOf(block: string): EntryLetter[] {
  const letters: EntryLetter[] = [];
  for (const match of block.matchAll(/(?<![\p{L}\d])(?:[([]([A-Za-z])[.)\]]+|([A-Z])(?:[.):\]]+|(?= ))|([a-z])\))/gu)) {
    const letter = (match[1] ?? match[2] ?? match[3] ?? '').toUpperCase();
    const last = letters.at(-1);
    const expected = last === undefined ? 'A' : String.fromCharCode(last.letter.charCodeAt(0) + 1);
    if (letter !== expected) continue;
    const end = match.index + match[0].length;
    if (/^[A-Z]$/.test(match[0]) && !isBareLetter(block, match.index, end, letters.length === 0)) continue;
    letters.push({ letter, start: match.index, end });
  }
  return letters;
}

/** `A WELLINGTON 721 B WELLINGTON 690`: a bare letter before a name or a year, at the start or after a number. */
function isBareLetter(block: string, start: number, end: number, isFirst: boolean): boolean {
  const next = block.charCodeAt(end + 1);
  if (!isUpper(next) && !isDigit(next)) return false;
  const before = block.slice(0, start).trimEnd();
  return isFirst ? before === '' : /[\d),;]$/.test(before.slice(-1));
}

function withoutDoubling(text: string, letter: string): string {
  const again = new RegExp(`^ ?[(\\[]?${letter}[.):\\]]+ ?`, 'i').exec(text);
  const rest = again === null ? text : text.slice(again[0].length);
  return rest.replace(/^ ?REFS?[:.]? ?/i, '');
}

/** A word or a number of a REF entry; a date or a code with digits (`12/01/09`, `D328589`) is neither. */
export interface Token {
  readonly kind: 'word' | 'number' | 'other';
  /** In numbers, a letter O that stands for a zero is corrected. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Joined to the previous token by `/` or `-`: `00789/08`. */
  readonly joined: boolean;
  readonly inParentheses: boolean;
}

/** Tokens of an entry. Splits `2005PANAMA2342` and `10-OTTAWA-57`; leaves out punctuation between tokens. */
export function tokensOf(entry: string): Token[] {
  const tokens: Token[] = [];
  for (const match of entry.matchAll(/[\p{L}\d][\p{L}\d'’./-]*/gu)) {
    const written = match[0].replace(/[./'’-]+$/, '');
    const inParentheses = entry[match.index - 1] === '(' && entry[match.index + written.length] === ')';
    // `KUWAIT (C) 02293`
    if (inParentheses && isMarking(written)) continue;
    for (const part of piecesOf(written)) {
      const start = match.index + part.at;
      tokens.push({
        kind: part.kind,
        text: part.text,
        joined: part.joined,
        start,
        end: start + part.length,
        inParentheses,
      });
    }
  }
  return tokens;
}

interface Piece {
  readonly kind: Token['kind'];
  readonly text: string;
  readonly at: number;
  readonly length: number;
  readonly joined: boolean;
}

function piecesOf(written: string): Piece[] {
  // Most tokens are plain words.
  if (/^(?!EMAILS?$)[A-Z]+$/.test(written)) return [piece('word', written, 0)];
  const number = numberOf(written);
  if (number !== undefined) return [{ kind: 'number', text: number, at: 0, length: written.length, joined: false }];
  const whole = /^(\d{2,4})-?(\p{L}[\p{L}'’-]*\p{L})-?(\d{1,8})$/u.exec(written);
  if (whole !== null) {
    const [, year = '', station = '', serial = ''] = whole;
    const at = written.indexOf(station);
    return [
      piece('number', year, 0),
      piece('word', station, at),
      piece('number', serial, written.length - serial.length),
    ];
  }
  const serials = /^\d{3,8}(?:\/\d{3,8})+$/.exec(written);
  if (serials !== null && !/^\d{3,8}\/\d{4}$/.test(written)) {
    return [...written.matchAll(/\d+/g)].map(({ index, 0: digits }) => piece('number', digits, index));
  }
  const dated = /^(\d{3,8})-{2}/.exec(written);
  if (dated !== null) return [piece('number', dated[1] ?? '', 0)];
  const headed = /^(\d{2}|\d{4})(\p{L}[\p{L}'’-]{2,}\p{L})$/u.exec(written);
  if (headed !== null) {
    const [, year = '', station = ''] = headed;
    return [piece('number', year, 0), piece('word', station, year.length)];
  }
  const tail = /^(\d{1,8})[/-](\d\d|\d{4})$/.exec(written) ?? /^(\p{L}[\p{L}'’-]*\p{L})-?(\d{3,8})$/u.exec(written);
  if (tail !== null) {
    const [, head = '', digits = ''] = tail;
    const isNumber = numberOf(head) !== undefined;
    const last = piece('number', digits, written.length - digits.length);
    return [piece(isNumber ? 'number' : 'word', head, 0), { ...last, joined: isNumber }];
  }
  const isWord = /^0?\p{L}[\p{L}0'’.-]*$/u.test(written) && !/^E-?MAILS?$/i.test(written);
  return [piece(isWord ? 'word' : 'other', written, 0)];
}

function piece(kind: Token['kind'], text: string, at: number): Piece {
  return { kind, text, at, length: text.length, joined: false };
}

/** Digits, perhaps with the letter O for a zero: `O4`, `O1512`. */
function numberOf(written: string): string | undefined {
  if (!/^[\dOo]+$/.test(written) || !/\d/.test(written)) return undefined;
  return written.replaceAll(/[Oo]/g, '0');
}
